// What the page and the server tell each other, as the server's records have it (tests/test_scripts.py holds both against each other), and
// what modules of the page hand to each other. Moments are milliseconds of the recording.

export interface Word {
  text: string;
  start_ms: number;
  end_ms: number;
  probability: number;
}

export interface Segment {
  id: string;
  speaker: string | null;
  start_ms: number;
  end_ms: number;
  words: Word[];
}

export interface Correction {
  segment: string;
  word: number;
  heard: string;
  text: string;
  reason: string;
  score: number;
}

export interface RecordingChapter {
  start_ms: number;
  title: string;
  question: number | null;
}

export interface Cut {
  start_ms: number;
  end_ms: number;
  reason: string;
}

/** A stretch that the episode may do without; `text` is what is said in it. */
export interface ProposedCut {
  kind: "filler" | "repeat" | "noise" | "pause";
  start_ms: number;
  end_ms: number;
  text: string;
}

/** How far the search for them is. */
export interface CutSearch {
  state: "none" | "listening" | "done" | "failed";
  share: number;
  cuts: ProposedCut[];
  what: string;
  remedy: string;
}

export interface EpisodeRun {
  state: "none" | "running" | "done" | "failed";
  stage: string;
  share: number | null;
  ran: number;
  notes: string[];
  troubles: Told[];
}

export interface Decision {
  key: string;
  verdict: "kept" | "mended";
}

export interface GlossaryEdit {
  number: number;
  name: string;
  wrong: string;
  is_new: boolean;
}

export interface Draft {
  place: string;
  text: string;
}

export interface NoteAnswer {
  text: string;
  author: string;
  at: string;
}

export interface MarginNote {
  id: string;
  start_ms: number;
  end_ms: number;
  words: string;
  before: string;
  after: string;
  text: string;
  author: string;
  at: string;
  answers: NoteAnswer[];
  is_resolved: boolean;
}

export interface PreviewedCue {
  heard_ms: number;
  shown_ms: number;
  speaker: string | null;
  lines: string[];
  speed_cps: number;
  faults: string[];
  is_current: boolean;
}

export interface Span {
  start_ms: number;
  end_ms: number;
}

export interface Doubt {
  key: string;
  kind: string;
  weight: number;
  text: string;
  start_ms: number;
  end_ms: number;
  segment: string;
  word: number;
  count: number;
  heard: string;
  proposal: string;
  candidates: string[];
  context: string;
  note: string;
  places: Span[];
  alike: number;
  seconds: number;
}

export interface Spot {
  segment: string;
  first: number;
  was: string;
  text?: string | null;
  kept_start?: number;
  kept_end?: number;
}

/** Edits, by their kind: edits.py has their records. */
export type Edit =
  | { kind: "text"; segment: string; was: string; text: string }
  | { kind: "words"; segment: string; first: number; was: string; text: string }
  | { kind: "split"; segment: string; was: string; at: number; left: string; right: string }
  | { kind: "join"; segment: string; was: string; next_was: string | null; text: string | null }
  | { kind: "speaker"; segment: string; was: string | null; speaker: string | null; everywhere: boolean }
  | { kind: "voice"; spots: Spot[]; speaker: string | null }
  | { kind: "boundary"; segment: string; at: number; end: boolean; was_ms: number; start_ms: number }
  | { kind: "replace"; find: string; text: string; exact: boolean }
  | { kind: "spots"; spots: Spot[]; text: string }
  | ChaptersEdit
  | CutsEdit
  | { kind: "decide"; key: string; verdict: "kept" | "mended" }
  | { kind: "teach"; heard: string; name: string }
  | { kind: "draft"; place: string; text: string | null }
  | { kind: "note"; id: string; start_ms: number; end_ms: number; was: string; text: string; author: string; at: string }
  | { kind: "answer"; id: string; start_ms: number; end_ms: number; text: string; author: string; at: string }
  | { kind: "resolve"; id: string; is_resolved: boolean }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "restore"; revision: number };
export type ChaptersEdit = { kind: "chapters"; was: RecordingChapter[]; chapters: RecordingChapter[] };
export type CutsEdit = { kind: "cuts"; was: Cut[]; cuts: Cut[] };

/** The lists that edits change, and what they hold. */
export interface Lists {
  segments: Segment[];
  corrections: Correction[];
  chapters: RecordingChapter[];
  cuts: Cut[];
  decisions: Decision[];
  drafts: Draft[];
  notes: MarginNote[];
  glossary_edits: GlossaryEdit[];
}

/** What an edit did to a list: `removed` lastText at `at`, and `inserted` stands there now. */
export type Patch = { [Name in keyof Lists]: { list: Name; at: number; removed: Lists[Name]; inserted: Lists[Name] } }[keyof Lists];

export interface Told {
  where: string;
  what: string;
  remedy: string;
}

export interface Changes {
  revision: number;
  versions: number;
  anew: boolean;
  patches: Patch[];
  undo: number;
  redo: number;
  written: boolean;
  ends: boolean;
  trouble: Told | null;
  /** How many other windows are open here; only where it was asked for. */
  others?: number;
}

export interface RevisionSummary {
  revision: number;
  at: string;
  kind: string;
  client: string;
  target: number | null;
  author: string;
  before: string;
  after: string;
  more: number;
}

export interface RevisionDifference {
  list: string;
  start_ms: number;
  before: string | null;
  after: string | null;
}

export interface Question {
  number: number;
  text: string;
  status: "asked" | "answered" | "absent";
  start_ms: number | null;
  candidates: { start_ms: number }[];
}

export interface Article {
  introduction: string[];
  exchanges: { number: number; question: string; answer: { text: string; speaker: string | null }[] }[];
}

/** What api/state tells; the lists are changed in place as edits come in. Lessons are told, not kept. */
export interface State extends Omit<Lists, "glossary_edits"> {
  revision: number;
  versions: number;
  undo: number;
  redo: number;
  slug: string;
  title: string;
  language: string;
  duration_ms: number;
  /** SHA-256 of the recording on whose clock times are; empty where nobody knows. */
  recording: string;
  /** Whether another recording was there before. */
  replaced: boolean;
  peaks_per_s: number;
  article: Article | null;
  questions: Question[];
  machines_chapters: RecordingChapter[];
  speakers: string[];
  former: string[];
}

export interface EditRequest {
  id: string;
  edits: Edit[];
}

type Clash<Item> = { mine: Item | null; theirs: Item | null };

/** An edit that was made on what stands no longer: what was meant, what stands, and of lists what both changed. */
export interface Conflict {
  place: string | null;
  mine: Edit;
  theirs: Segment | RecordingChapter[] | Cut[] | null;
  merged?: (RecordingChapter | Cut)[] | null;
  clashes?: Clash<RecordingChapter | Cut>[];
  /** What somebody has made of it in the window that asks. */
  typed?: string;
}

export interface Events {
  opened: undefined;
  stacks: undefined;
  changed: Patch[];
  conflict: Conflict;
  refused: EditRequest;
  doubts: Doubt[];
}

/** What is typed in a passage while an earlier text of it is on its way; `next` is what stands in the passage behind it, if that is meant. */
export interface UnsentText {
  segment: string;
  was: string;
  text: string;
  next?: string;
}

/**
 * A passage of the text: `id`, null until the server has given one; `from` and `to`, its place in the text; `was`, the text on which somebody
 * types, null where nobody does; `joined`, passages that were taken into it and that the server still has apart; `begins`, whether a paragraph
 * begins with it whoever speaks; `isSending`, `sent`, whether its text is on its way, and which; `lastText`, its text when it was taken away.
 */
export interface Passage {
  id: string | null;
  speaker: string | null;
  from: number;
  to: number;
  was: string | null;
  joined: Passage[];
  begins: boolean;
  isSending?: boolean;
  sent?: string;
  lastText?: string;
}

/** A passage with the text that stands in it, or shall. */
export interface Placed {
  one: Passage;
  text: string;
}

/** What is asked of the server about one passage: `splits`, those that were cut off it; `joined`, those that were taken in. */
export interface Part {
  one: Passage;
  was: string;
  splits: Passage[];
  joined: Passage[];
}

/** Words of a segment. */
export interface Words {
  segment: Segment;
  first: number;
  count: number;
}

/** One word. */
export interface WordPlace {
  segment: Segment;
  word: number;
}

/** Words of the segment at a place of the list; `kept_start` and `kept_end` characters at both ends are not meant. */
export interface HitPart {
  place: number;
  first: number;
  count: number;
  kept_start: number;
  kept_end: number;
}

export interface FindOptions {
  exact: boolean;
  accents: boolean;
  parts: boolean;
}

export type Child = Node | string;

/** A text of the editor library, or a paragraph of one. */
export type Doc = import("prosemirror-model").Node;
export type Change = import("prosemirror-state").Transaction;
export type View = import("prosemirror-view").EditorView;
export type ViewProps = Partial<import("prosemirror-view").DirectEditorProps>;

/** A paragraph, and where its letters are. */
export interface Block {
  node: Doc;
  start: number;
  end: number;
  text: string;
}

/** What is done when somebody changes the text. */
export interface Listener {
  touch: (one: Passage) => void;
  drop: (one: Passage) => void;
  typed: () => void;
  moved: (isChanged: boolean) => void;
  drawHead: (turn: HTMLElement, one: Passage, isOn: boolean) => void;
  copied: () => { named: string; bare: string };
  history: (kind: string) => unknown;
  showCaret: () => void;
}

/** What shall be lit: by which key it is known, what tells whether it stands where it lastText, and how its range is found. */
export interface Lit {
  key: unknown;
  spot: unknown[];
  draw: () => Range | null;
}

/** An edge of the word `at` of a segment: its end, or else its start. */
export interface Edge {
  segment: string;
  at: number;
  end: boolean;
  ms: number;
}

/** One place where what is looked for stands; `pieces` only in this episode, `box` once it is shown. */
export interface Hit {
  was: string;
  start_ms: number;
  end_ms?: number;
  before: string;
  after: string;
  spots: Spot[];
  pieces?: HitPart[];
  box?: HTMLInputElement;
}

/** What one episode has of what is looked for; this one has no slug. */
export interface EpisodeHits {
  slug: string;
  title: string;
  hits: Hit[];
  count: number;
  reason: string;
  detail: string;
}
