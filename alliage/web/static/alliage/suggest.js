// Suggestions while one types, in the field's own list: without JavaScript the field is a plain one.
"use strict";
for (const field of document.querySelectorAll("input[data-suggest]")) {
  const list = document.getElementById(field.getAttribute("list"));
  let wait = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(wait);
    const typed = field.value.trim();
    if (typed.length < 2 || typed === asked) return;
    wait = setTimeout(async () => {
      asked = typed;
      const kind = field.dataset.kind ? `&kind=${field.dataset.kind}` : "";
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}${kind}`).catch(() => null);
      if (!answer || !answer.ok || asked !== typed) return;
      const found = (await answer.json()).results;
      list.replaceChildren(...found.map((s) => {
        const option = document.createElement("option");
        option.value = s.label;
        const shown = s.note ? `${s.label} (${s.note})` : s.label;
        // A browser hides the options that do not hold what was typed: a postcode, « St », letters without accents.
        option.label = shown.toLowerCase().includes(typed.toLowerCase()) ? shown : `${shown} · ${typed}`;
        return option;
      }));
    }, 180);
  });
}
