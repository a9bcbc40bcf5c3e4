/* The screens of a draft: edits, moving, formulas, the preview. */
import "./draft.js";
import "./draft-drag.js";
import "./draft-formula.js";
import "./draft-preview.js";
