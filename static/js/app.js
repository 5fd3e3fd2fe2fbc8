/* Leadwell's own small modules; every page works without them. */
import "./dialogs.js";
import "./ticks.js";
import "./keys.js";
import "./forms.js";
import "./focus.js";
import "./hues.js";
import "./tabs.js";
import "./tokens.js";
import "./drafts.js";
import "./notices.js";
import "./narrows.js";
import "./rows.js";
import "./widths.js";
import "./moves.js";
import "./shown-if.js";
import "./mentions.js";
import "./calls.js";
