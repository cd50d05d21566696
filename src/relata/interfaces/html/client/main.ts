// The one script of every screen: styles, htmx, and the behaviours, each in its own file. None of them keeps a state
// that the server does not have.
import "./styles/main.css";
import "./behaviours/requests";
import "./behaviours/focus";
import "./behaviours/preferences";
import "./behaviours/menu";
import "./behaviours/dialog";
import "./behaviours/panel";
import "./behaviours/palette";
import "./behaviours/shortcuts";
import "./behaviours/rows";
import "./behaviours/row-keys";
import "./behaviours/toast";
import "./behaviours/combobox";
import "./behaviours/multi-value";
import "./behaviours/board";
import "./behaviours/inline-edit";
import "./behaviours/record";
import "./behaviours/file-target";
import "./behaviours/hover-card";
import "./behaviours/rich-editor";
import "./behaviours/table";
import "./behaviours/selection";
import "./behaviours/grid";
import "./behaviours/columns";
import "./behaviours/column-chooser";
import "./behaviours/steps";
import "./behaviours/forms";
import "./behaviours/relative-time";
import "./behaviours/copy";
import "./behaviours/arrange";
import "./behaviours/passkeys";
import "./behaviours/kinds";
import "./behaviours/live";
import "./behaviours/notifications";
import "./behaviours/push";
import "./behaviours/turning";
import "./behaviours/narrow";

// Part of the build, so that the page can link to it.
export { default as favicon } from "./favicon.svg";
