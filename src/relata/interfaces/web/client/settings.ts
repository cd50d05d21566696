// What only the settings need: editors in which things are put in order.
import "./settings/layout-editor";
import "./settings/sorted-rows";
import "./settings/team-tree";
