// The editor behind <rich-editor>, loaded when somebody begins to write: ProseMirror over Markdown, so that what is stored
// is what the server cleans and shows, and a plain text area can edit it, too.
import { baseKeymap, chainCommands, exitCode, toggleMark, wrapIn } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import { defaultMarkdownParser, defaultMarkdownSerializer, schema } from "prosemirror-markdown";
import type { Node } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { type Command, EditorState, Plugin } from "prosemirror-state";
import { Decoration, DecorationSet, EditorView } from "prosemirror-view";

export type Writer = { view: EditorView; focus(): void; run(name: string): void; isActive(name: string): boolean };

type Options = { label: string; placeholder: string; changed(markdown: string): void; update(writer: EditorView): void };

const { nodes, marks } = schema;
const hardBreak: Command = (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
};

const commands: Record<string, Command> = {
  bold: toggleMark(marks.strong),
  italic: toggleMark(marks.em),
  code: toggleMark(marks.code),
  bullets: chainCommands(liftListItem(nodes.list_item), wrapInList(nodes.bullet_list)),
  numbers: chainCommands(liftListItem(nodes.list_item), wrapInList(nodes.ordered_list)),
  quote: wrapIn(nodes.blockquote),
};

const keys = keymap({
  "Mod-z": undo,
  "Mod-y": redo,
  "Shift-Mod-z": redo,
  "Mod-b": commands["bold"] as Command,
  "Mod-i": commands["italic"] as Command,
  "Mod-`": commands["code"] as Command,
  "Shift-Enter": chainCommands(exitCode, hardBreak),
  Enter: splitListItem(nodes.list_item),
  "Mod-]": sinkListItem(nodes.list_item),
  "Mod-[": liftListItem(nodes.list_item),
});

const rules = inputRules({
  rules: [
    wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
    wrappingInputRule(/^\s*([-+*])\s$/, nodes.bullet_list),
    wrappingInputRule(/^(\d+)\.\s$/, nodes.ordered_list, (match) => ({ order: Number(match[1]) })),
    textblockTypeInputRule(/^```$/, nodes.code_block),
  ],
});

/** Pictures are not shown where texts are read, so they are not brought in here either. */
const withoutPictures = (text: string): Node => {
  const made = defaultMarkdownParser.parse(text.replace(/!\[/g, "\\!["));
  return made ?? (schema.topNodeType.createAndFill() as Node);
};

function placeholder(text: string): Plugin {
  return new Plugin({
    props: {
      decorations({ doc }) {
        const first = doc.firstChild;
        if (doc.childCount !== 1 || !first?.isTextblock || first.content.size > 0) return null;
        const mark = { class: "editor-empty", "data-placeholder": text };
        return DecorationSet.create(doc, [Decoration.node(0, first.nodeSize, mark)]);
      },
    },
  });
}

/** Puts an editor into `host` with the Markdown in `text`. */
export function write(host: HTMLElement, text: string, options: Options): Writer {
  const view: EditorView = new EditorView(host, {
    state: EditorState.create({
      doc: withoutPictures(text),
      plugins: [history(), rules, keys, keymap(baseKeymap), placeholder(options.placeholder)],
    }),
    attributes: { class: "editor prose-small", role: "textbox", "aria-multiline": "true", "aria-label": options.label },
    dispatchTransaction(transaction) {
      view.updateState(view.state.apply(transaction));
      if (transaction.docChanged) options.changed(defaultMarkdownSerializer.serialize(view.state.doc));
      options.update(view);
    },
  });
  const marked: Record<string, string> = { bold: "strong", italic: "em", code: "code" };
  return {
    view,
    focus: () => view.focus(),
    run: (name) => {
      commands[name]?.(view.state, view.dispatch);
      view.focus();
    },
    isActive: (name) => {
      const { from, to, empty, $from } = view.state.selection;
      const mark = marks[marked[name] as keyof typeof marks];
      if (!mark) return false;
      return empty ? !!mark.isInSet(view.state.storedMarks ?? $from.marks()) : view.state.doc.rangeHasMark(from, to, mark);
    },
  };
}
