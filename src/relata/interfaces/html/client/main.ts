// The one script of every screen: styles, htmx, and the behaviours, each in its own file.
import "./styles/main.css";
import "htmx.org";
