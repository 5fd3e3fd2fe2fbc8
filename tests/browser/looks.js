/* What is wrong with how this page looks: a list of sentences. `narrow` wants room for fingers; `layout` looks at places and names,
   which are the same in both color schemes, and `contrast` at colors. */
({ narrow, layout, contrast }) => {
  const flaws = [];
  const html = document.documentElement;
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.value || "").trim();
    const id = element.id ? `#${element.id}` : "";
    const kind = typeof element.className === "string" && element.className ? `.${element.className.split(" ")[0]}` : "";
    return `${element.tagName.toLowerCase()}${id}${kind} “${words.replace(/\s+/g, " ").slice(0, 40)}”`;
  };
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const hiddenForEyes = (element) => Boolean(element.closest(".visually-hidden, .skip")) || getComputedStyle(element).clipPath === "inset(50%)";
  /* The box that cuts what goes beyond it, or null: a region that scrolls does so on purpose. */
  const cutBy = (element, property) => {
    for (let box = element.parentElement; box && box !== html; box = box.parentElement) {
      if (getComputedStyle(box)[property] !== "visible") return box;
      if (getComputedStyle(box).position === "fixed") return null;
    }
    return null;
  };

  const lookAtLayout = () => {
    // The page as a whole
    if (html.scrollWidth > html.clientWidth) flaws.push(`the page scrolls sideways: ${html.scrollWidth} of ${html.clientWidth}`);
    if (document.querySelectorAll("h1").length !== 1) flaws.push(`${document.querySelectorAll("h1").length} h1`);
    if (!html.lang) flaws.push("the page names no language");
    // A web form bears the name that its organization gave it.
    const named = document.title.includes("Leadwell") || document.body.matches(".web-form");
    if (!named || document.title.startsWith("–")) flaws.push(`the title “${document.title}”`);
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) flaws.push(`id ${id} more than once`);
    for (const attribute of ["aria-labelledby", "aria-describedby", "for", "popovertarget", "aria-controls"]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
          if (!document.getElementById(id)) flaws.push(`${name(element)}: ${attribute} points to ${id}, which is not there`);
        }
      }
    }

    // Enter in a field presses the first button of its form
    for (const form of document.forms) {
      const buttons = [...form.elements].filter((element) => element.type === "submit");
      const isPrimary = (button) => button.dataset.kind === "primary";
      const isTyped = ({ type }) => /^(text|email|number|search|tel|url|password|date|time)$/.test(type);
      if (!buttons.some(isPrimary) || ![...form.elements].some((element) => isTyped(element) && shown(element))) continue;
      // Corrections of an import are checked, and not applied.
      const harmless = isPrimary(buttons[0]) || buttons[0].name === "check" || buttons[0].disabled || hiddenForEyes(buttons[0]);
      if (!harmless) flaws.push(`Enter in a field presses ${name(buttons[0])}`);
    }

    // Nothing outside, nothing cut
    for (const element of all("body *")) {
      const box = element.getBoundingClientRect();
      if (!box.width || !box.height || hiddenForEyes(element)) continue;
      if ((box.right > html.clientWidth + 1 || box.left < -1) && !cutBy(element, "overflowX")) {
        flaws.push(`${name(element)} goes outside: ${Math.round(box.left)} to ${Math.round(box.right)}`);
      }
      const style = getComputedStyle(element);
      const ownText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      if (!ownText) continue;
      const cutsX = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
      const cutsY = style.overflowY === "hidden" && element.scrollHeight > element.clientHeight + 2;
      const says = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none" || /auto|scroll/.test(style.overflowX);
      const spills = style.overflowX === "visible" && element.clientWidth && element.scrollWidth > element.clientWidth + 1;
      if (spills) flaws.push(`${name(element)} is wider than its place: ${element.scrollWidth} of ${element.clientWidth}`);
      if ((cutsX || cutsY) && !says && element.tagName !== "SELECT") flaws.push(`${name(element)} is cut off`);
    }

    // The headers of a table are above their cells
    for (const table of all("table:has(> thead:not(.visually-hidden))")) {
      const [heads, cells] = ["thead", "tbody"].map((part) => [...(table.querySelector(`:scope > ${part} > tr`)?.children || [])]);
      if (heads.length !== cells.length || ![...heads, ...cells].every(shown)) continue;
      const left = (cell) => cell.getBoundingClientRect().left;
      const wrong = heads.find((head, place) => Math.abs(left(head) - left(cells[place])) > 1);
      if (wrong) flaws.push(`${name(wrong)} is not above its cells`);
    }

    // A number and its noun are in one line, also in a narrow column
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (narrow && texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      if (!/^\s*[\d.,]+\+?\s+\p{L}+\s*$/u.test(data) || !shown(parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(texts.currentNode);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top)));
      if (lines.size > 1) flaws.push(`${name(parentElement)} is a number that breaks before its noun`);
    }

    // The icon of a search lies in its field
    for (const icon of all(".searchbox > svg")) {
      const [mark, field] = [icon, icon.parentElement.querySelector(".input")].map((one) => one.getBoundingClientRect());
      const [above, below] = [mark.top - field.top, field.bottom - mark.bottom];
      if (Math.abs(above - below) > 2) flaws.push(`${name(icon.parentElement)}: its icon is ${above} below the upper edge`);
    }

    // A search fills its box, and the two ends of a period are in one line
    for (const field of all(".searchbox > .input")) {
      const [inner, outer] = [field, field.parentElement].map((one) => one.getBoundingClientRect().width);
      if (outer - inner > 2) flaws.push(`${name(field)} is ${Math.round(inner)} wide in a box of ${Math.round(outer)}`);
    }
    for (const dash of all(".toolbar span[aria-hidden=true]")) {
      const [begin, end] = [dash.previousElementSibling, dash.nextElementSibling].map((one) => one?.getBoundingClientRect().top);
      if (dash.textContent === "–" && begin !== end) flaws.push(`${name(dash)} is between two lines`);
    }

    // A page to read is one column, with the buttons of its form too
    const column = document.querySelector('.page[data-width="reading"] > :not(form)')?.getBoundingClientRect();
    for (const element of column ? all('.page[data-width="reading"] :is(.input, .button, .card)') : []) {
      const box = element.getBoundingClientRect();
      if (element.closest(".thumbs, .scroll, [popover], dialog") || hiddenForEyes(element) || cutBy(element, "overflowX")) continue;
      if (box.left < column.left - 1 || box.right > column.right + 1) {
        flaws.push(`${name(element)} is beside the column: ${Math.round(box.left)} to ${Math.round(box.right)}`);
      }
    }

    // Controls: a name, and at 390 pixels room for a finger
    for (const control of all("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
      if (control.disabled || control.closest("[aria-hidden=true]")) continue;
      const label = control.getAttribute("aria-label")
        || [...(control.labels || [])].map((one) => one.textContent).join(" ")
        || (control.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent).join(" ")
        || (/^(submit|button|reset)$/.test(control.type) ? control.value : "")
        || (/^(INPUT|SELECT|TEXTAREA)$/.test(control.tagName) ? "" : control.textContent)
        || control.querySelector?.("img[alt]")?.alt || "";
      if (!label.trim()) flaws.push(`${name(control)} has no name: ${control.outerHTML.slice(0, 80)}`);
      if (!narrow || hiddenForEyes(control)) continue;
      const target = control.matches("input") && control.closest("label") ? control.closest("label") : control;
      const box = target.getBoundingClientRect();
      // What is painted over a control without being seen makes it larger.
      const more = getComputedStyle(target, "::after");
      const [width, height] = more.position === "absolute" && more.content !== "none"
        ? [Math.max(box.width, parseFloat(more.width)), Math.max(box.height, parseFloat(more.height))] : [box.width, box.height];
      // A link within a sentence is as high as its line.
      const inText = getComputedStyle(target).display === "inline" && control.tagName === "A";
      if (width && !inText && (width < 23.5 || height < 23.5)) {
        flaws.push(`${name(control)} is small for a finger: ${Math.round(width)} × ${Math.round(height)}`);
      }
    }
    for (const picture of document.querySelectorAll("svg, img")) {
      const told = picture.getAttribute("aria-label") || picture.getAttribute("alt") !== null;
      if (!told && !picture.closest("[aria-hidden=true], [role=img]")) flaws.push(`${picture.outerHTML.slice(0, 60)} has no name and is not hidden`);
    }
  };

  const lookAtContrast = () => {
    // Contrast: text against what is painted under it
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const seen = new Map();
    const colour = (text) => {
      if (!seen.has(text)) {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = text;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
        seen.set(text, [red, green, blue, alpha / 255]);
      }
      return seen.get(text);
    };
    const over = (top, under) => [0, 1, 2].map((part) => top[part] * top[3] + under[part] * (1 - top[3])).concat(1);
    const grounds = new Map();
    const under = (element) => {
      if (!grounds.has(element)) {
        const ground = colour(getComputedStyle(element).backgroundColor);
        const parent = () => (element.parentElement ? under(element.parentElement) : colour("Canvas"));
        grounds.set(element, ground[3] > 0.99 ? ground : over(ground, parent()));
      }
      return grounds.get(element);
    };
    const light = (rgb) => {
      const [red, green, blue] = rgb.slice(0, 3).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    for (const element of all("body *")) {
      const text = [...element.childNodes].filter((node) => node.nodeType === 3 && node.data.trim());
      if (!text.length || hiddenForEyes(element) || element.closest("[disabled], [aria-disabled=true], option")) continue;
      const style = getComputedStyle(element);
      const ground = under(element);
      const [one, other] = [light(over(colour(style.color), ground)), light(ground)].sort((a, b) => b - a);
      const size = parseFloat(style.fontSize);
      const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
      const ratio = (one + 0.05) / (other + 0.05);
      if (ratio < wanted - 0.02) flaws.push(`${name(element)} has a contrast of ${ratio.toFixed(2)}`);
    }
  };

  if (layout) lookAtLayout();
  if (contrast) lookAtContrast();
  return [...new Set(flaws)];
};
