/** What a script says: studio.messages.translations.script_in_language puts the sentence of the page's language in its place. */
declare function _(message: string): string;
