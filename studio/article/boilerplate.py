"""Detect boilerplate: text of the file that is not part of the article.

Boilerplate includes captions of pictures, tables of facts, footnotes with their marks, shortcodes
of the site's software, the properties of a note, and the links below « Pour en savoir plus ».
Studio's own ``article.md`` has none of these, so it is not searched for them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from studio.article.block import ArticleBlock
from studio.article.byline import is_credit, read_byline, read_guests_line
from studio.article.characters import clean_text, has_words
from studio.article.letter import without_letter
from studio.article.question_styles import bare_of_mark, is_marked
from studio.article.tables import without_facts
from studio.article.title import (
    announced_count,
    announces_questions,
    guests_from_title,
    names_in_title,
    read_title_line,
    unquoted_title,
)
from studio.language.calendar import MONTHS
from studio.language.dictionary import is_common_word

_CAPTION_CODE = re.compile(
    r"\[(caption|embed|gallery|audio|video|playlist)\b[^\]]*\].*?\[/\1\]", re.IGNORECASE
)
# A shortcode has settings, or closes, or has an underscore in its name: « [rires] » and « [3
# questions à] » have none of these.
_SHORTCODE = re.compile(
    r"\[/[A-Za-z][\w-]*\]|\[[A-Za-z][\w-]*(?:\s+[\w-]+=(?:[\"“”″][^\"“”″\]]*[\"“”″]|'[^'\]]*'|[^\s\]]+))+\s*/?\]"
    r"|\[[a-z]+_[a-z_]*[^\]]*\]|\[(?i:gallery|\[?_?toc_?\]?|more|embed|audio|video)\]|\{\{[<%]?.*?[%>]?\}\}|\{%.*?%\}|\{:\s*[.#][^{}]*\}"
)

_LEGEND = re.compile(
    r"[^\w\s«“\"]{0,3}\s?[(\[]?(?:©|\(c\)|(?:crédits?|photos?|légende|illustration|image)(?:\s+photos?)?\s*[:©]|ph\.\s).{0,200}"
    r"|[(\[]photos?\s[^()\[\]]{1,60}[)\]]|(?:fig(?:ure)?\.?|photo|image|illustration)\s[0-9]{1,2}\s*[:.–—-]\s.{0,200}",
    re.IGNORECASE,
)
# « > À savoir : … », in a box that looks like a quotation
_TO_KNOW = re.compile(
    r"\W*(?:(?:bon\s+)?à\s+(?:savoir|noter|retenir)|le\s+saviez-vous)\s?[:?]", re.IGNORECASE
)
_CREDITED = re.compile(
    r"©|\bcrédits?\s+photos?\b|[(\[](?:photos?|ph\.|crédits?)\s[^()\[\]]{1,60}[)\]]\W*\Z",
    re.IGNORECASE,
)
_MAX_FACT = 60  # « 1 200 places », under « En chiffres »
_MAX_LEGEND = 200  # characters; a paragraph of an answer that names a ©️ is longer

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# A mark after a word of three letters (units are shorter), or after the sign that ends a sentence.
_RAISED_MARK = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[»”\"’.,;!?)]))\s?(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
)
_BRACKET_MARK = re.compile(r"(?<=[\w»”\"’.,;!?)])\s?\[(?P<number>[0-9]{1,3})\](?!\()")
_NOTE = re.compile(
    r"(?:\[(?P<b>[0-9]{1,3})\]|(?P<r>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})|\((?P<p>[0-9]{1,3})\)|(?P<n>[0-9]{1,2})(?:[.)]?(?=\s)|(?=[^\W\d_a-zß-öø-ÿœ]))|(?P<s>\(\*\)|[*†‡]{1,3}))"
    r"\s*\S"
)
_NOTES_TITLE = re.compile(r"notes?(?:\s+de\s+bas\s+de\s+page)?\s*:?", re.IGNORECASE)

# Abbreviated French and English months: « avr. », « Apr ».
_SHORT_MONTHS = (
    "janv?|feb|fév|févr|mar|mars|avr|apr|mai|may|juin|juil|jul|jun|août|aug|sept?|oct|nov|dec|déc"
)

# A page's date, reading time, number of likes, and place to listen.
_PAGE_LINE = re.compile(
    r"\W*(?:publiée?|postée?|soumise?|modifiée?|mise?\s+(?:à\s+jour|en\s+ligne))(?:\s+(?:le|par|dans|à|automatiquement)\b|\s*:)[^.!?«»]{0,80}"
    r"|(?:(?:écrite?|publiée?|rédigée?|postée?)\s+)?(?:par|dans|by|in)|(?:written|posted)\s+(?:by|in)"
    r"|(?:le\s+)?(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?[0-9]{1,2}(?:er)?\s+"
    rf"(?:{'|'.join(MONTHS)})\s+[0-9]{{4}}\.?"
    rf"|(?:{_SHORT_MONTHS})[a-zéû]{{0,6}}\.?\s+[0-9]{{1,2}},?\s+[0-9]{{4}}"
    rf"|[0-9]{{1,2}}(?:er)?\s+(?:{_SHORT_MONTHS})[a-zéû]{{0,6}}\.?\s+[0-9]{{4}}"
    r"|[0-9]{1,2}[/.][0-9]{1,2}[/.](?:20)?[0-9]{2}"
    r"|\W*envoyée?\s+(?:de(?:puis)?)\s+mon\s+\w+\W*|\W*début\s+du\s+message\s+\w+\W*|\W*sent\s+from\s+my\s+\w+\W*"
    r"|(?:[^.!?«»]{0,40}(?:19|20)[0-9]{2}\W{1,5})?[0-9]+\s*min(?:utes?)?\s+de\s+lecture\W*"
    r"|[(\[]\s*(?:générique|jingle|musique|virgule\s+sonore)\b[^()\[\]]{0,40}[)\]]"
    r"|[^.!?«»]{0,60}?[0-9]+\s+min\s+read\b[^!?«»]{0,40}|il\s+vous\s+reste\s+[0-9]+\s?%[^.!?]{0,60}[.!]?"
    r"|\W*[0-9]+\s+(?:j[’']aime|likes?|partages?|commentaires?|vues?)\W*"
    r"|\W*(?:ré)?écoute[zr]\s+(?:(?:l[’'](?:épisode|entretien|interview|émission)|le\s+podcast)\b)[^.!?]{0,60}[.!]?"
    r"|\W*(?:ajouter|laisser|poster|publier)\s+un\s+commentaire\W*|\W*se\s+(?:désinscrire|désabonner)\W*"
    r"|\W*(?:voir|afficher|ouvrir|lire)\s+(?:ce\s+mail\s+|cet\s+e-?mail\s+)?dans\s+(?:le|votre)\s+navigateur\W*"
    r"|\W*tous\s+droits\s+réservés\W*|\W*fermer\s+(?:la|cette)\s+fenêtre\W*|imprimée?\s+depuis\s+(?:https?://|www\.)\S.{0,60}"
    r"|[^.!?«»]{0,60}?\W(?:voir|lire|consulter)\s+(?:(?:cet?|la|le)\s+\w+\s+)?en\s+ligne\W*"
    r"|votre\s+navigateur\s+n[e’'][^.!?]{5,80}\."
    r"|\W*(?:partager|imprimer|réagir|s[’']abonner|je\s+m[’'](?:abonne|inscris)|copier\s+le\s+lien|offrir\s+(?:cet\s+|l[’'])article"
    r"|(?:ajouter|enregistrer)\s+(?:à|dans)\s+(?:vos|mes|ses)\s+(?:sélections|favoris|articles)|envoyer\s+par\s+e-?mail)\W*"
    r"|\W*(?:(?:cet\s+)?article|(?:la\s+)?suite|(?:ce\s+)?contenu)\s+(?:est\s+)?réservée?\s+(?:aux|à\s+nos)\s+abonnés[^.!?]{0,40}[.!]?"
    r"|\W*(?:vous\s+avez\s+aimé\s+(?:cet|ce|l[’'])|cet\s+article\s+vous\s+a\s+(?:plu|intéressé)).{0,100}"
    r"|\W*(?:originally\s+published|(?:initialement|d[’']abord)\s+publiée?|publiée?\s+(?:initialement|à\s+l[’']origine))\b.{0,160}"
    rf"|\W*(?:émission|épisode|numéro|article|entretien|diffusée?)\s+(?:du|le)\s+(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?[0-9]{{1,2}}(?:er)?\s+(?:{'|'.join(MONTHS)})(?:\s+[0-9]{{4}})?(?:,?\s+à\s+[0-9]{{1,2}}\s?[h:]\s?(?:[0-9]{{2}})?)?\W*"
    r"|(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}\s*/\s*(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}"
    r"|\W*podcast\s*:\s*(?:play\s+in\s+new\s+window|download)[^.!?]{0,60}"
    r"|\W*(?:sommaire|table\s+des\s+matières|publicité|annonce|contenu\s+sponsorisé)\W*|\W*(?:regarde[zr]|voir|visionne[zr])\s+(?:la\s+vidéo|le\s+replay|l[’']émission)\b[^.!?]{0,60}[.!]?|\W*signaler\s+(?:une?\s+(?:utilisation\s+abusive|abus|contenu)|cet?\s+\w+)\W*"
    r"|\W*partage[zr]\s+(?:(?:cet?(?:te)?|l[’'])\s?(?:article|épisode|page|entretien|interview|billet|post)\b[^.!?]{0,60}|sur\s+(?:facebook|twitter|x|linkedin)\b[^.!?]{0,60})"
    r"|\W*(?:article|billet|épisode|page)\s+(?:précédente?|suivante?)(?:\W*|\s*[:→>«–—-][^.!]{1,120})|\W*(?:haut\s+de\s+page|retour\s+(?:en\s+haut|à\s+l[’']accueil|aux?\s+(?:blog|articles|actualités)))\W*"
    r"|\W*(?:accueil|home)\s*[>›»/→]\s*\S[^.!?«]{0,80}"
    r"|\W*(?:rubriques?|catégories?|classée?\s+(?:dans|sous))\s*:\s*[^.!?«»]{1,100}"
    r"|\W*(?:brouillon|document\s+de\s+travail|ne\s+pas\s+diffuser)\b[^.!?«»:]{0,60}|\W*(?:sous\s+)?embargo\b[^.!?«»]{0,60}"
    r"|\W*v(?:ersion\s*)?\s?[0-9]{1,2}(?:\.[0-9])?\s*[|–—-]\s*(?:relue?|corrigée?|validée?|définitive|finale|à\s+relire)[^.!?«»]{0,60}"
    r"|[(\[]?[0-9][0-9 .]*\s(?:signes|caractères)\b[^.!?«»]{0,40}"
    r"|\W*(?:relecture|validation|correction)s?\s*:[^.!?«»]{0,60}"
    r"|\W*(?:relue?|validée?|corrigée?)\s+par\s[^.!?«»]{0,80}|\W*nombre\s+de\s+(?:signes|mots|caractères)[^.!?«»]{0,60}"
    r"|\W*(?:temps\s+de\s+lecture(?:\s+estimé)?|lecture)\s*:?\s*[0-9]+\s*min(?:utes?)?\W*|\W*[0-9]+\s*min(?:utes?)?\s+de\s+lecture\W*",
    re.IGNORECASE,
)
# Above the first question only: further down it may be a line of an answer.
_OPENING_LINE = re.compile(
    r"\W*(?:générique|jingle|musique|listen|share|bookmark)(?:\s+(?:de\s+(?:début|fin)|d[’']ouverture))?\W*"
    r"|[0-9]{1,2}[:h][0-9]{2}|[0-9]{1,4}(?:[.,][0-9])?\s?k?",
    re.IGNORECASE,
)

_PROPERTY = re.compile(r"(?P<name>[^\W\d_][\w’' -]{1,30}?)\s*:\s*(?P<value>\S.*)")
_PROPERTIES = frozenset(
    "statut status état date tags tag étiquettes auteur author créé created modifié "
    "updated url lien propriétaire owner assigné assign "
    "personne person catégorie category type slug priorité priority relecture échéance "
    "due publication canal format sprint projet "
    "project".split()
) | {
    "created time",
    "created by",
    "last edited time",
    "last edited by",
    "dernière modification",
    "durée",
    "diffusion",
    "antenne",
    "créé le",
    "créé par",
    "mots-clés",
}

_FURTHER = re.compile(
    r"\W*(?:pour\s+(?:en\s+savoir\s+plus|aller\s+plus\s+loin)|en\s+savoir\s+plus|(?:à\s+)?(?:lire|voir|écouter|découvrir)\s+(?:aussi|également)(?:\s+(?:notre|nos|l[’']|le|la|les)\b[^.!?]{1,100})?"
    r"|à\s+(?:lire|voir|écouter|découvrir)(?=\s*[:|→>])|à\s+propos\s+(?:de\s|du\s|des\s|d[’'])[^.!?:]{1,60}(?=\W*\Z)"
    r"|lire\s+la\s+suite|(?:sur\s+le|dans\s+la)\s+même\s+(?:sujet|thème|rubrique|catégorie|série)"
    r"|étiquettes|tags|mots[- ]clés"
    r"|(?:bio(?:graphie)?(?:\s+express)?|repères"
    r"|encadré(?:\s?:\s?[^.!?]{1,60}?)?|en\s+chiffres|(?:dates|chiffres)[- ]clés"
    r"|[^.!?:]{2,40}\sen\s(?:bref|quelques\s(?:mots|dates|chiffres)))(?=\s*:?\s*\Z)"
    r"|(?:p\.?\s?-?\s?s\.?|post-?scriptum|read\s+more)(?=\W*\Z)|(?:posts?|articles?)\s+récents"
    r"|recommended\s+from\s+medium|liens?\s+utiles?|articles?\s+(?:similaires?|liés|connexes)"
    r"|(?:pour|comment)\s+citer\b[^.!?:]{0,60}|[^.!?:]{2,40}\s+vous\s+propose\s+de\s+citer\b[^.!?:]{0,60}"
    r"|(?:(?:l[’']\s?)?agenda|(?:nos|les)\s+(?:prochains\s+)?rendez-vous|à\s+faire|to-?\s?do|en\s+bref)(?=\s*:?\s*\Z)"
    r"|voir\s+les\s+[0-9]+\s+commentaires|voir\s+en\s+ligne|(?:sources?|références?|bibliographie|pièces?\s+jointes?|fichiers?\s+joints?|transcription|commentaires?|suggestions?|recommandations?)(?=\W*\Z)"
    r"|vous\s+(?:aimerez|pourriez|devriez)\s+(?:aussi|également|peut-être)(?:\s+aimer)?|(?:cela|ça|ces\s+\w+|ils)\s+(?:peu(?:ven)?t|pourrai(?:en)?t|devrai(?:en)?t)\s+(?:aussi\s+)?vous\s+(?:intéresser|plaire)"
    r"|(?:(?:nos|les)\s+)?(?:derniers|autres)\s+(?:articles|entretiens|épisodes|interviews|podcasts|billets)|d[’']autres\s+(?:articles|entretiens|épisodes|interviews)"
    r"|plus\s+d[’']infos?(?:rmations?)?|(?:site|page)\s+(?:web|internet)|contacts?(?:\s+presse)?)"
    r"(?P<more>\s*(?:sur\s+[^.!?:]{1,60})?\s*(?:(?:[:|→>–—-]|\.\s).*|(?:https?://|www\.)\S+|\W*))",
    re.IGNORECASE,
)
# « – Inventaire régional, 2021 », « 1979 : naissance à Angers »
_ITEM_OF_FACTS = re.compile(
    r"[-–—•·*▪■►➤→]\s*\S|(?:en\s+|depuis\s+)?(?:1[5-9]|20)[0-9]{2}\s?[:–—-]", re.IGNORECASE
)
# « Lire aussi : Qui est Marie Roux ? »: the title of another article may be a question.
_ALSO = re.compile(
    r"\W*(?:(?:à\s+)?(?:lire|voir|écouter|découvrir)\s+(?:aussi|également)\s*[:|→>–—-]"
    r"|à\s+(?:lire|voir|écouter|découvrir)\s*[:|→>]).*",
    re.IGNORECASE,
)
# Lines at the end of a page, below the last answer: an address, perhaps with its description; tags;
# links to follow the show; a page's number.
_CLOSING_LINE = re.compile(
    r"\W*(?:[^:.!?]{1,40}\s:\s*|[^:.!?]{1,40}:\s*)?(?:[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+)\W*"
    r"|\W*(?:t[ée]l(?:[ée]phone)?|mobile|portable)\W{1,4}(?:\+?[0-9][0-9 .()-]{7,18})\W*|\W*fin\W*"
    r"|(?:#[\w-]+\s*)+(?:\^\w+)?|\W*page\s+[0-9]{1,3}(?:\s*(?:/|sur)\s*[0-9]{1,3})?\W*|[0-9]{1,2}\s?/\s?[0-9]{1,2}"
    r"|\W*(?:retrouve[zr]|suive[zr]|écoute[zr]|abonne[zr]|rejoigne[zr]|rejoindre|partage[zr]|inscrive[zr])\b.{0,160}\b(?:spotify|deezer"
    r"|(?:apple|google|amazon)\s+(?:podcasts?|music)|youtube|soundcloud|linkedin|facebook|instagram|twitter|mastodon|bluesky|tiktok"
    r"|newsletter|infolettre|plateformes|réseaux\s+sociaux)\b.{0,80}"
    r"|(?:désannonce|désann\.?|pied)\s*:.*|\W*toutes\s+les\s+réactions\b.{0,20}|\W*(?:voir|afficher)\s+(?:plus\s+de|les|d[’']autres)\s+commentaires\W*"
    r"|\W*(?:lectures?|vues?|visites?)\s?:\s?[0-9]{1,7}\W*|=>\s+\S+://\S+.{0,80}"
    r"|enregistre[zr]\s+(?:ce|cet)\s+(?:post|article|carrousel)\b.{0,60}|voir\s+la\s+traduction|(?!.*[?!.]\s.*[?!.]\s.*[?!.]\s).{0,120}\b(?:dites|racontez|partagez|répondez|réagissez)\b.{0,60}\ben\s+commentaires?\b.{0,20}"
    r"|\W*(?:horaires?|infos?\s+pratiques|renseignements?|réservations?|inscriptions?|billetterie)\b[^.!?:]{0,40}\s:\s.{2,160}"
    r"|\W*←\s.{2,120}|[^.!?]{2,120}\s→\W*"
    # « pm/cb/ras » of an agency, « plan.pdf (2,3 Mo) »
    r"|[a-zà-ÿ]{2,4}(?:/[a-zà-ÿ]{2,4}){1,4}"
    r"|\W*\S{1,80}\.(?:pdf|docx?|xlsx?|pptx?|zip|odt|mp3)\b\s*(?:[(\[][^()]{1,30}[)\]])?\W*"
    r"|[0-9]{1,2}:[0-9]{2}(?:\s?[AP]M)?\s?[·•]\s?.{4,30}"
    r"|\W*(?:(?:j[’']aime|commenter|republier|répondre|partager|envoyer|enregistrer|like|comment|repost|share|send|reply)\b\W*)+"
    r"|(?:\W*[0-9]+(?:\s?[km])?\b(?:\s+(?:commentaires?|republications?|réactions?|partages?|j[’']aime|likes?|comments?|reposts?|vues?))?)+\W*"
    r"|[👉➡🔔🎧🔗📩📲👍▶❤🙏]\ufe0f?\s*(?:lik|aime|commente|retrouve|suive|écoute|abonne|rejoi|partage|inscri|découvr|lien)[^?]{0,160}"
    r"|\W*(?:ndlr|note\s+de\s+la\s+rédaction)\s*:.*|\W*inscrive[zr]-vous\s+à\s+(?:notre|la)\s+lettre\s+d[’']information\b.{0,80}"
    r"|[^:.!?]{1,40}:\s*(?:[\w-]+\.)+[a-z]{2,6}/\S+|[📍🌐📞📧✉☎]\ufe0f?\s*[^?]{2,120}"
    r"|\W*(?:(?:cet|l[’'])\s?(?:entretien|échange|article)|(?:cette\s+|l[’'])interview|ces\s+propos)\s+(?:a|ont)\s+été\s+(?:\w+ment\s+)?"
    r"(?:éditée?s?|condensée?s?|relue?s?|réalisée?s?|enregistrée?s?|publiée?s?|raccourcie?s?|remaniée?s?|menée?s?)\b.{0,160}"
    r"|\W*vous\s+pouvez\s+(?:aussi\s+)?(?:ré)?(?:écouter|retrouver|lire)\s+(?:cet\s+|cette\s+|l[’']|notre\s+|le\s+)(?:entretien|interview|épisode|podcast|échange|émission)\b.{0,120}",
    re.IGNORECASE,
)
# A newsletter's own text above and below the article.
_OF_A_MAILING = re.compile(
    r"\W*(?:(?:cet\s+e-?mail|ce\s+courriel|cette\s+newsletter)\s+(?:vous\s+)?|(?:ce\s+message|cette\s+lettre)\s+vous\s+)(?:a\s+été|est)\s+(?:envoyée?|adressée?)\b.*"
    r"|\W*vous\s+(?:l[’']avez\s+reçue?|recevez\s+(?:cet?|cette)\s+(?:e-?mail|courriel|message|newsletter|lettre))\s+(?:car|parce\s+qu|puisqu|suite\s+à|à\s+la\s+suite|en\s+tant\s+que)\b.*"
    r"|\W*si\s+vous\s+ne\s+(?:visualisez|voyez|lisez|parvenez)\b.{0,60}\b(?:e-?mail|courriel|message|newsletter|lettre)\b.*"
    r"|\W*(?:(?:me|se|pour\s+se|pour\s+vous|vous)\s+(?:désinscrire|désabonner)|gérer\s+(?:mes|vos)\s+préférences|mettre\s+à\s+jour\s+(?:mes|vos)\s+(?:préférences|coordonnées))\b.{0,120}"
    r"|\W*(?:merci\s+d[’']avoir\s+lu|thanks\s+for\s+reading)\b.{0,160}"
    r"|\W*view\s+this\s+e?-?mail\s+in\s+your\s+browser\W*|\W*want\s+to\s+change\s+how\s+you\s+receive\b.{0,60}"
    r"|\W*our\s+mailing\s+address\s+is\W*|\W*(?:you\s+can\s+)?(?:update\s+your\s+preferences|unsubscribe)\b.{0,100}"
    r"|\W*(?:hébergée?\s+par|hosted\s+(?:by|on))\s.{0,160}"
    r"|\W*voir\s+la\s+version\s+en\s+ligne\W*|view\s+this\s+(?:post|e?-?mail)\s+on\s+the\s+web\b.*",
    re.IGNORECASE,
)
# « Ce site utilise des cookies … », « Tout accepter », « Menu »
_OF_A_SITE = re.compile(
    r"\W*(?:(?:nous\s+utilisons|ce\s+site\s+utilise|nous\s+et\s+nos\s+partenaires)\b.{0,60}\bcookies?\b.*"
    r"|(?:tout|continuer\s+sans)\s+(?:accepter|refuser)|menu|aller\s+au\s+contenu|passer\s+au\s+contenu|se\s+connecter|connexion"
    r"|skip\s+to\s+content|open\s+in\s+app|sign\s+(?:up|in)|rechercher?|s[’']identifier|mon\s+compte|faire\s+un\s+don)\W*",
    re.IGNORECASE,
)
# « • 1er », « 2 j • », « Suivre », « @cm.bsky.social · 3 h »
_OF_A_NETWORK = re.compile(
    r"modifiée?\s?[•·]\s?.{1,12}|[•·]\s?[1-3](?:er|e|ᵉ|st|nd|rd)\+?|[0-9]{1,2}\s?(?:min|h|j|d|sem|mois|mo|w|an|ans|yr)\.?\s?[•·].{0,20}"
    r"|.{0,40}@[\w.]{2,30}@[\w.-]+\.[a-z]{2,}|@[\w.]{2,30}|.{0,30}\b[0-9]{1,2}\s?[:h]\s?[0-9]{2}\s?[·•].{0,20}|(?:suivre|follow|suivi|abonnée?)|[0-9.,\s]+(?:k\s)?(?:abonnés|followers)|.{0,40}@[\w.-]+\s?·\s?\w.{0,20}",
    re.IGNORECASE,
)
_KICKER = re.compile(
    r"\W*(?:(?:les?|la|un|notre|nos|l[’'])\s?)?(?:grands?\s+)?"
    r"(?:entretiens?|interviews?|portraits?|rencontres?|témoignages?|invitée?s?|conversations?|podcasts?|reportages?"
    r"|dossiers?|actualités?|actus?|magazine|articles?|blog|journal|culture|société|économie|santé|sports?|politique"
    r"|sciences?|environnement|écologie|éducation|emploi|métiers?|patrimoine|tourisme|agriculture|numérique|innovation"
    r"|vie\s+locale|art\s+de\s+vivre)"
    r"(?:\s+(?:exclusi(?:f|ve)s?|vidéo|audio|express|croisée?s?|du\s+(?:jour|mois)|de\s+la\s+semaine|des\s+lecteurs))?"
    r"(?:\s*[|/•·>–—-]\s*[^\W\d_][^\d.!?«»:]{2,30})?\W*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_MAX_KICKER_WORDS, _MAX_SECTION_WORDS = 6, 2
_POSTAL_ADDRESS = re.compile(r"[^.!?«»]{0,60}\b[0-9]{5}\s+[A-ZÀ-Þ][^.!?«»]{1,40}")
_WRITER = re.compile(r"written\s+by\s+(?P<name>\S.{1,60})", re.IGNORECASE)
_MAX_TAG = 30  # characters
_LINES_OVER_TITLE = 4
_MAX_LINE = 150  # characters of a title
_FIRM = re.compile(r"[^.!?«»:,;]{2,40}")
# The fields of a form for submitting the article: « Titre : », « Chapô : ».
_FIELD = re.compile(
    r"(?P<name>titre(?:\s+(?:définitif|provisoire|proposé|retenu))?|exergue|citation|chap[oôeé]{1,3}u?|introduction|intro|accroche|lancement)\s*:\s*(?P<text>\S.*)",
    re.IGNORECASE,
)
_FIELD_ALONE = re.compile(
    r"(?P<name>titre(?:\s+(?:définitif|provisoire|proposé|retenu))?|exergue|citation|chap[oôeé]{1,3}u?|introduction|intro|accroche|description|résumé)\s*:?",
    re.IGNORECASE,
)
_TITLE_FIELD = re.compile(r"titre\b[^:]{0,20}:\s*\S", re.IGNORECASE)
_QUOTED_FIELDS = frozenset({"exergue", "citation"})
_NUMBERS_HEAD = re.compile(r"\W*(?:n\s?[°º]|#|numéros?|nos?)\W*", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"[0-9]{1,2}\W?")
_QUESTIONS_HEAD = re.compile(r"questions?", re.IGNORECASE)
_ANSWERS_HEAD = re.compile(r"r[ée]ponses?", re.IGNORECASE)
# « 0:45 Première plongée »
_CHAPTER = re.compile(r"\W*(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9]{2}\W{1,5}[^.!?:]{2,60}")
_COMMENT = re.compile(r"\[([a-z]{1,2})\]")
_SENTENCE_ENDS = re.compile(r"[.!?…]\s")
_OPENING_BLOCKS = 8  # blocks that may contain fields and properties, above the first question
# « [!NOTE] », « [!warning]- »: boxes of notebooks and code hosts; « [!question] » marks a question.
_BOX = re.compile(
    r"\[!(?:note|info|tip|hint|important|warning|caution|attention|danger|todo|bug|example|abstract)\]",
    re.IGNORECASE,
)
_NOTEBOOK_COMMENT = re.compile(r"%%.*?%%")
_PAGE_AT_THE_END = re.compile(r"\s+(?:[.…]+\s*)?[0-9]{1,3}\Z")
_CONTENTS = re.compile(
    r"\W*(?:(?:au\s+)?sommaire|table\s+des\s+matières|dans\s+cet?\s+(?:article|entretien|épisode)|plan)\W*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\W*(?:[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+)\W*", re.IGNORECASE)


def _without_contents(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without a table of contents and its title: two or more adjacent lines that all recur in the
    same order, with other text between them.
    """
    last_at = {_said(block): place for place, block in enumerate(blocks)}
    for block in blocks:  # « Et demain ? … 3 » recurs as « Et demain ? »
        again = last_at.get(_PAGE_AT_THE_END.sub("", _said(block)), 0)
        last_at[_said(block)] = max(last_at[_said(block)], again)
    for start in range(len(blocks)):
        end = start
        places = [start]
        while end < len(blocks) and (again := last_at[_said(blocks[end])]) > max(end, places[-1]):
            places.append(again)
            end += 1
        apart = all(later - earlier > 1 for earlier, later in itertools.pairwise(places[1:]))
        if (
            end - start > 1
            and apart
            and any(
                _PAGE_AT_THE_END.sub("", block.text).endswith("?") for block in blocks[start:end]
            )
        ):
            titled = start > 0 and _CONTENTS.fullmatch(blocks[start - 1].text) is not None
            return [*blocks[: start - titled], *blocks[end:]]
    return list(blocks)


def _said(block: ArticleBlock) -> str:
    return block.text if block.plain else bare_of_mark(block.text)


def without_boilerplate(blocks: Iterable[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks of the article alone."""
    remaining = list(filter(None, map(_without_shortcodes, blocks)))
    remaining = [block for block in remaining if not _is_legend(block)]
    remaining = [
        block
        for before, block in itertools.pairwise([None, *_without_lines_of_opening(remaining)])
        if block is not None
        and (not _is_page_line(block) or (before is not None and _asks_alone(before)))
    ]
    remaining = _without_comments(
        without_letter(_without_opening_lines(_without_kickers(_without_network_head(remaining))))
    )
    remaining = _without_contents(_without_text_boxes(_without_tables(remaining)))
    remaining = _without_fields(_without_properties(remaining))
    remaining = _without_further_reading(_without_notes(remaining))
    return _without_closing_lines(_without_writer(remaining))


def _without_lines_of_opening(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without « 14:32 », « 112 », « Listen », « Générique » above the first question."""
    first = next(
        (
            place
            for place, block in enumerate(blocks)
            if block.lead or block.text.endswith("?") or is_marked(block.text)
        ),
        0,
    )
    return [
        block
        for place, block in enumerate(blocks)
        if not 0 < place < first
        or block.plain
        or block.level is not None
        or _OPENING_LINE.fullmatch(block.text) is None
    ]


def _without_chapters(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Remove the chapters of a video or a recording above the first question: two or more adjacent
    lines like « 0:45 Première plongée ». In an answer, such lines may describe a person's day.
    """
    first = next(
        (place for place, block in enumerate(blocks) if block.lead or block.text.endswith("?")),
        len(blocks),
    )
    timed = [
        place < first and not block.plain and _CHAPTER.fullmatch(block.text) is not None
        for place, block in enumerate(blocks)
    ]
    return [
        block
        for place, block in enumerate(blocks)
        if not (
            timed[place]
            and (timed[place - 1 : place] == [True] or timed[place + 1 : place + 2] == [True])
        )
    ]


def _asks_alone(block: ArticleBlock) -> bool:
    """Whether a block is a question: the text under it answers it, even a date."""
    return block.text.endswith("?") and _SENTENCE_ENDS.search(block.text) is None


def without_column_heads(blocks: Iterable[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks without « Questions » and « Réponses » above the columns of a table, and without
    the column of numbers before them.
    """
    blocks = list(blocks)
    heads = {
        place + offset
        for place, (one, other) in enumerate(itertools.pairwise(blocks))
        if _QUESTIONS_HEAD.fullmatch(one.text) and _ANSWERS_HEAD.fullmatch(other.text)
        for offset in (0, 1)
    }
    if heads and min(heads) > 0 and _NUMBERS_HEAD.fullmatch(blocks[min(heads) - 1].text):
        heads.add(min(heads) - 1)
        heads |= {
            place for place, block in enumerate(blocks) if _NUMBER_ALONE.fullmatch(block.text)
        }
    return [block for place, block in enumerate(blocks) if place not in heads]


def _without_comments(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without the comments « [a] … » that Google Docs writes below a text, and their marks."""
    last = len(blocks)
    while last > 1 and _COMMENT.match(blocks[last - 1].text) and not blocks[last - 1].plain:
        last -= 1
    remaining = [match[1] for block in blocks[last:] if (match := _COMMENT.match(block.text))]
    if not remaining or remaining[0] != "a":
        return list(blocks)
    marks = re.compile(rf"\[(?:{'|'.join(remaining)})\]")
    return [
        changed
        for block in blocks[:last]
        if (changed := block if block.plain else _changed(block, marks.sub("", block.text)))
    ]


def without_note_boxes(blocks: Iterable[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks without private notes (« [!NOTE] … ») and the chapters of a video."""
    kept = [
        block
        for block in blocks
        if block.plain or block.text.endswith("?") or _BOX.match(block.text) is None
    ]
    return _without_chapters(kept)


def _is_page_line(block: ArticleBlock) -> bool:
    return (
        not block.plain
        and _PAGE_LINE.fullmatch(block.text) is not None
        and read_byline(block.text) is None
        and read_title_line(block.text) is None
        and not announces_questions(block.text)
    )


def _without_fields(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The article's opening without several field names (« Titre : », « Exergue : », « Chapô : »)
    before or above its parts.
    """
    read: list[ArticleBlock] = []
    alone = {
        place: match["name"].lower()
        for place, block in enumerate(blocks[:_OPENING_BLOCKS])
        if not block.plain and (match := _FIELD_ALONE.fullmatch(block.text))
    }
    has_title = any(block.level == 1 for block in blocks)
    if len(alone) < 2:
        alone = {place: name for place, name in alone.items() if blocks[place].level is not None}
    for place, block in enumerate(blocks):
        if place in alone:
            continue
        if alone.get(place - 1) in _QUOTED_FIELDS:
            read.append(replace(block, quoted=True))
            continue
        match = _FIELD.fullmatch(block.text)
        if place < _OPENING_BLOCKS and match and not block.plain and not block.text.endswith("?"):
            quoted = block.quoted or match["name"].lower() in _QUOTED_FIELDS
            is_title = match["name"].lower().startswith("titre") and not has_title
            level = 1 if is_title else block.level
            read.append(replace(block, text=match["text"], level=level, lead="", quoted=quoted))
        else:
            read.append(block)
    return read


def _without_closing_lines(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without the end of a page below the last answer, except the credit. A text that is a whole
    answer stays.
    """
    kept = list(blocks)
    place = len(kept) - 1
    is_mailing = is_addressed = False
    while place > 1:
        text = kept[place].text
        if is_credit(text):
            place -= 1
            continue
        of_sender = is_mailing and _POSTAL_ADDRESS.fullmatch(text) is not None
        of_firm = is_addressed and _FIRM.fullmatch(text) is not None
        of_mailing = _OF_A_MAILING.fullmatch(text) is not None
        ends = of_mailing or of_sender or of_firm or _CLOSING_LINE.fullmatch(text) is not None
        if kept[place].plain or not ends or _asks(kept[place - 1]):
            break
        is_mailing |= of_mailing
        is_addressed = of_sender
        del kept[place]
        place -= 1
    return kept


def _without_writer(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without what a network writes under a text: tags, « Written by X », and all under that."""
    place, match = next(
        (
            (place, match)
            for place, block in enumerate(blocks)
            if place > 1 and not block.plain and (match := _WRITER.fullmatch(block.text))
        ),
        (len(blocks), None),
    )
    if match is None or any(block.text.endswith("?") for block in blocks[place:]):
        return list(blocks)
    kept = list(blocks[:place])
    while (
        len(kept) > 2
        and not _asks(kept[-2])
        and len(kept[-1].text) <= _MAX_TAG
        and kept[-1].text[-1].isalnum()
    ):
        kept.pop()
    return kept


def _asks(block: ArticleBlock) -> bool:
    """Whether a block is a question, and not a newsletter's own text."""
    return block.text.endswith("?") and _OF_A_MAILING.fullmatch(block.text) is None


def _without_opening_lines(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without the lines above a title: the article's address, a newsletter's own text."""
    kept = list(blocks)
    while len(kept) > 1 and (
        _ADDRESS.fullmatch(kept[0].text) or _OF_A_MAILING.fullmatch(kept[0].text)
    ):
        del kept[0]
    return kept


def _without_network_head(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without a social network's text above a post (author, degree of connection, date), or a
    site's text above an article (menu, cookie banner).
    """
    title = next(
        (
            place
            for place, block in enumerate(blocks)
            if announces_questions(unquoted_title(block.text))
        ),
        0,
    )
    above = blocks[:title]
    of_network = any(
        not block.plain
        and (_OF_A_NETWORK.fullmatch(block.text) or _OF_A_SITE.fullmatch(block.text))
        for block in above
    )
    short = all(len(block.text) <= _MAX_LEGEND for block in above)
    return [*blocks[title:]] if of_network and short else [*blocks]


def _without_kickers(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without the line above the title with the kind of article or the section: « ENTRETIEN »,
    « Culture », « Le portrait du mois ».
    """
    title = next(
        (place for place, block in enumerate(blocks[:_OPENING_BLOCKS]) if _is_title(block)), None
    )
    if title is None:
        title, blocks = 0, _with_title_under_kicker(blocks)
    under_heading = title < len(blocks) and blocks[title].level == 1
    return [
        block
        for block in blocks[:title]
        if not (_is_kicker(block) or (under_heading and _names_section(block)))
    ] + [*blocks[title:]]


def _with_title_under_kicker(blocks: Sequence[ArticleBlock]) -> Sequence[ArticleBlock]:
    """« LA LETTRE DU PORT », « Portrait », « Maud Le Bihan, l'oreille du vent »: what is under the
    kind of article is its title, where no heading is.
    """
    if any(block.level is not None for block in blocks):
        return blocks
    for place, (kicker, title) in enumerate(itertools.pairwise(blocks[:_LINES_OVER_TITLE])):
        if kicker.text.endswith("?"):
            break
        is_line = 0 < len(title.text) <= _MAX_LINE and title.text[-1].isalnum()
        if _is_kicker(kicker) and is_line and not (title.plain or _is_kicker(title)):
            return [*blocks[: place + 1], replace(title, level=1), *blocks[place + 2 :]]
    return blocks


def _names_section(block: ArticleBlock) -> bool:
    """Whether a line above a heading is one or two common words: « Mer », « Vie locale »."""
    words = _WORD.findall(block.text)
    return (
        not (block.plain or block.quoted)
        and 0 < len(words) <= _MAX_SECTION_WORDS
        and all(map(is_common_word, words))
    )


def _is_title(block: ArticleBlock) -> bool:
    text = unquoted_title(block.text)
    return (
        block.level == 1
        or announces_questions(text)
        or read_title_line(text) is not None
        or bool(guests_from_title(text))
    ) and not _is_kicker(block)


def _is_kicker(block: ArticleBlock) -> bool:
    words = _WORD.findall(block.text)
    if block.plain or block.quoted or not 0 < len(words) <= _MAX_KICKER_WORDS:
        return False
    in_capitals = block.text.isupper() and all(map(is_common_word, words))
    return in_capitals or _KICKER.fullmatch(block.text) is not None


def _changed(block: ArticleBlock, change: ArticleBlock | str) -> ArticleBlock | None:
    """The block with another text; None if it is empty. A changed lead is detected again."""
    text = clean_text(change) if isinstance(change, str) else change.text
    if text == block.text:
        return block
    if not text or (not has_words(text) and has_words(block.text)):
        return None
    return replace(block, text=text, lead=block.lead if text.startswith(block.lead) else "")


def _without_shortcodes(block: ArticleBlock) -> ArticleBlock | None:
    if block.plain or not any(sign in block.text for sign in ("[", "{", "%%")):
        return block
    text = _NOTEBOOK_COMMENT.sub(" ", _CAPTION_CODE.sub(" ", block.text))
    return _changed(block, _SHORTCODE.sub(" ", text))


def _is_legend(block: ArticleBlock) -> bool:
    if block.plain or block.level is not None:
        return False
    if block.quoted and _TO_KNOW.match(block.text):
        return True
    short = len(block.text) <= _MAX_LEGEND
    return block.legend or (
        short and (_LEGEND.fullmatch(block.text) or _CREDITED.search(block.text)) is not None
    )


def _without_tables(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without the cells of tables of facts. A table with questions, the title or most of the text
    is a layout table.
    """
    return without_facts(blocks, lambda cells: not _is_aside(cells, blocks))


def _without_text_boxes(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without text boxes beside the text; a pull quote is kept."""
    boxed = [block for block in blocks if block.boxed and not block.quoted]
    if not boxed or not _is_aside(boxed, blocks):
        return list(blocks)
    introduction = _introduction_in_box(blocks)
    return [block for block in blocks if block not in boxed or block in introduction]


def _introduction_in_box(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The boxes between title and first question that name the title's guest, if there is no other
    text.
    """
    title = next(
        (
            place
            for place, block in enumerate(blocks)
            if block.level is not None
            or announces_questions(block.text)
            or read_title_line(block.text)
        ),
        0,
    )
    under = itertools.takewhile(
        lambda block: not (block.lead or block.text.endswith("?") or is_marked(block.text)),
        blocks[title + 1 :],
    )
    opening = [block for block in under if not block.quoted]
    names = names_in_title(blocks[title].text)
    if not all(block.boxed for block in opening):
        return []
    return [block for block in opening if any(name in block.text for name in names)]


def _is_aside(cells: Sequence[ArticleBlock], blocks: Sequence[ArticleBlock]) -> bool:
    """Whether these blocks are only beside the article: they contain neither the title nor
    questions, nor most of the text.
    """
    letters = sum(len(block.text) for block in cells)
    lays_out = 2 * letters > sum(len(block.text) for block in blocks) or any(
        block.lead
        or block.text.endswith("?")
        or read_title_line(block.text)
        or announces_questions(block.text)
        for block in cells
    )
    return not lays_out


def _without_properties(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without lines like « Statut : Publié » that a note-taking program exports below the title:
    two or more, at least one with a known name.
    """
    kept = list(blocks)
    start = next((place for place, block in enumerate(kept) if _property(block) is not None), None)
    if start is None or start > _OPENING_BLOCKS:
        return kept
    end = start
    while end < len(kept) and _property(kept[end]) is not None:
        end += 1
    names = {_property(block) for block in kept[start:end]}
    has_title = any(block.level == 1 for block in kept)
    if end - start < 2 or not names & _PROPERTIES:
        return kept
    return (
        kept[:start]
        + [
            block
            for block in kept[start:end]
            if read_guests_line(block.text) is not None
            or read_byline(block.text)
            or (not has_title and _TITLE_FIELD.match(block.text))
        ]
        + kept[end:]
    )


def _property(block: ArticleBlock) -> str | None:
    if block.plain or block.level is not None or len(block.text) > _MAX_LEGEND:
        return None
    match = _PROPERTY.fullmatch(block.text)
    if (
        match is None
        or block.text.endswith("?")
        or read_title_line(block.text)
        or announces_questions(block.text)
    ):
        return None
    return match["name"].lower()


def _without_notes(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without footnotes at the end and their marks in the text."""
    last = len(blocks)
    numbers: set[str] = set()
    texts = "\n".join(block.text for block in blocks)
    while last > 1 and (number := _note_number(blocks[last - 1], texts)) is not None:
        numbers.add(number)
        last -= 1
    kept = list(blocks[:last])
    if len(kept) > 1 and _NOTES_TITLE.fullmatch(kept[-1].text):
        kept.pop()
    return list(filter(None, (_without_marks(block, numbers) for block in kept)))


def _note_number(block: ArticleBlock, texts: str) -> str | None:
    """The number or sign of a footnote that the text refers to; None for any other block."""
    match = None if block.plain or block.text.endswith("?") else _NOTE.match(block.text)
    if match is None:
        return None
    if sign := match["s"]:
        return sign if re.search(_mark_of_sign(sign), texts, re.MULTILINE) else None
    number = match["b"] or match["p"] or match["n"] or match["r"].translate(_RAISED)
    raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in number)
    mark = (
        rf"(?<=[\w»”\".,;!?)])\s?(?:\[{number}\]|\({number}\)|{raised})"
        rf"|[^\W\d_]{{3}}[.,;!?…]?{number}(?!\w)"
    )
    return number if re.search(mark, texts) else None


def _mark_of_sign(sign: str) -> str:
    """The pattern of a footnote's mark that is no number: « mot* », « mot (*) », « mot† »."""
    bare = sign.strip("()")
    return rf"(?<=\w)\s?(?:{re.escape(bare)}|\({re.escape(bare)}\))(?=[\s.,;:!?»)]|$)"


def _without_marks(block: ArticleBlock, numbers: set[str]) -> ArticleBlock | None:
    if block.plain:
        return block
    text = _BRACKET_MARK.sub("", _RAISED_MARK.sub("", block.text))
    for number in numbers:
        if not number.isdecimal():
            text = re.sub(_mark_of_sign(number), "", text)
        else:
            text = re.sub(
                rf"(?<=[\w»”\"])\s?\({number}\)"
                rf"|(?:(?<=[^\W\d_]{{3}})|(?<=[^\W\d_]{{3}}[.,;!?…])){number}(?!\w)",
                "",
                text,
            )
    return _changed(block, text)


def _questions_follow(before: Sequence[ArticleBlock], after: Sequence[ArticleBlock]) -> bool:
    """Whether the interview continues: lines that end with « ? » follow in the style of earlier
    ones (the headings of other articles have another style). Without a distinct style, a sentence
    must answer one of them, and fewer questions than the title announces must have been asked.
    """
    asked = [block for block in before if block.text.endswith("?")]
    if not any(
        block.level is not None or block.is_prominent or is_marked(block.text) for block in asked
    ):
        announced = next(filter(None, (announced_count(block.text) for block in before)), None)
        return (announced is None or len(asked) < announced) and any(
            one.text.endswith("?") and other.text.endswith((".", "!", "…", "»"))
            for one, other in itertools.pairwise(after)
        )
    apart = [block for block in asked if block.level is not None or block.is_prominent]
    looks = {(block.level, block.look) for block in apart or asked}
    return any(
        block.text.endswith("?") and (not looks or (block.level, block.look) in looks)
        for block in after
    )


def _is_item(block: ArticleBlock) -> bool:
    """Whether a block is an item of a list of sources or dates."""
    return (
        not block.plain
        and not block.text.endswith("?")
        and len(block.text) <= _MAX_LEGEND
        and (
            block.item
            or _ITEM_OF_FACTS.match(block.text) is not None
            or (
                block.level is None
                and not block.is_prominent
                and len(block.text) <= _MAX_FACT
                and not block.text.endswith((".", "!", "…", "»"))
            )
        )
    )


def _without_further_reading(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """Without « Pour en savoir plus » and the addresses below it; if it is alone on its line, also
    without the list below it, or, after the last question, everything after it.
    """
    kept: list[ArticleBlock] = []
    place = 0
    while place < len(blocks):
        block = blocks[place]
        asks = block.text.endswith("?") and _ALSO.fullmatch(block.text) is None
        match = None if block.plain or asks else _FURTHER.fullmatch(block.text)
        if match is None or place == 0:
            kept.append(block)
            place += 1
            continue
        place += 1
        is_title = not has_words(match["more"])
        if is_title and not _questions_follow(blocks[:place], blocks[place:]):
            break
        while place < len(blocks) and (
            _ADDRESS.fullmatch(blocks[place].text) or (is_title and _is_item(blocks[place]))
        ):
            place += 1
    return kept
