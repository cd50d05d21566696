// What every page loads.
import "htmx.org";
import "./main.css";
