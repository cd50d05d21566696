"""Copy the icons that Relata uses from the npm package lucide-static into one JSON file.

Run after adding a name to `NAMES` or after raising the package's version:
`python tools/vendor_icons.py`. The result is committed, so that neither tests nor a running server need Node.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "lucide-static"
TARGET = ROOT / "src" / "relata" / "interfaces" / "html" / "icons"

NAMES = """
activity alarm-clock align-left archive archive-restore arrow-down arrow-down-up arrow-left arrow-left-right arrow-right
arrow-up arrow-up-down arrow-up-right at-sign award badge-check badge-dollar-sign badge-percent banknote bar-chart-3
bell bell-off blocks bold book-open bookmark bot box boxes briefcase briefcase-business building building-2 calculator
calendar calendar-check calendar-clock calendar-days calendar-plus calendar-x car case-sensitive chart-column chart-line
chart-no-axes-column chart-pie check check-check chevron-down chevron-left chevron-right chevron-up chevrons-left
chevrons-right chevrons-up-down circle circle-alert circle-check circle-dashed circle-dollar-sign circle-dot circle-help
circle-minus circle-play circle-plus circle-user circle-x clipboard clipboard-check clipboard-list clock cloud code
columns-3 command compass component contact contact-round copy copy-plus corner-down-left corner-down-right credit-card
crown database dot download dumbbell ellipsis ellipsis-vertical external-link eye eye-off factory file file-check
file-input file-output file-pen file-plus file-spreadsheet file-text files filter flag flame flask-conical folder
folder-kanban folder-open folders form frown funnel gauge gem gift git-branch git-compare git-merge globe graduation-cap
grid-2x2 grip-vertical handshake hash headphones heart heart-handshake heart-pulse hexagon history home hotel house
image inbox info italic kanban key key-round keyboard land-plot landmark languages laptop layers layout-dashboard
layout-grid layout-list layout-template life-buoy lightbulb link link-2 list list-checks list-filter list-ordered
list-plus list-todo list-tree loader loader-circle lock lock-open log-in log-out mail mail-check mail-open mail-plus map
map-pin maximize-2 megaphone menu merge message-circle message-square message-square-text messages-square minimize-2
minus monitor moon mouse-pointer-click move navigation network newspaper notebook-pen notebook-text octagon-alert
package package-check package-open palette panel-left panel-left-close panel-left-open panel-right panel-right-close
paperclip party-popper pause pen pencil percent phone phone-call phone-incoming phone-missed phone-outgoing pie-chart
pin pin-off plane play plug plus power printer puzzle qr-code quote radio receipt receipt-text refresh-cw repeat reply
rocket rotate-ccw route rss save scale scan-search school scissors search search-x send server settings settings-2
share-2 shield shield-alert shield-check ship shopping-bag shopping-cart shuffle signal signature skip-forward
sliders-horizontal smartphone smile sparkles split square square-check square-kanban square-pen star star-off
stethoscope sticky-note store sun sun-moon swatch-book table table-2 table-properties tag tags target telescope terminal
text text-cursor-input thermometer thumbs-down thumbs-up ticket timer toggle-left toggle-right tractor train-front
trash-2 tree-pine trending-down trending-up triangle-alert trophy truck tv type umbrella undo-2 unlink unplug upload
user user-check user-cog user-minus user-plus user-round user-search user-x users users-round utensils variable video
view voicemail wallet warehouse webhook wifi-off workflow wrench x zap zoom-in
""".split()


def body(name: str) -> str | None:
    """The drawing inside the svg element on one line; None when the package does not know the name."""
    path = SOURCE / "icons" / f"{name}.svg"
    if not path.exists():
        return None
    inner = re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(encoding="utf-8"), re.DOTALL)
    if inner is None:
        return None
    return re.sub(r"\s*\n\s*", "", inner.group(1)).replace(" />", "/>")


def main() -> None:
    drawings = {name: drawing for name in sorted(set(NAMES)) if (drawing := body(name))}
    unknown = sorted(set(NAMES) - set(drawings))
    TARGET.mkdir(exist_ok=True)
    lines = json.dumps(drawings, indent=0, ensure_ascii=False, sort_keys=True)
    (TARGET / "lucide.json").write_text(lines + "\n", encoding="utf-8")
    (TARGET / "LICENSE.txt").write_text((SOURCE / "LICENSE").read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{len(drawings)} icons")
    if unknown:
        print("Not in the package:", ", ".join(unknown))


if __name__ == "__main__":
    main()
