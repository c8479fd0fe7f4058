// A list's address holds only what was filled in: empty fields of the filter form stay out of it.
"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  const { parameters } = event.detail;
  for (const name of ["year_min", "year_max", "ou", "q"]) if (parameters[name] === "") delete parameters[name];
});

// On a phone the filters are a panel: it stays open while boxes are ticked.
let open = false;
document.addEventListener("htmx:beforeSwap", () => { open = Boolean(document.querySelector("#filtres:popover-open")); });
document.addEventListener("htmx:afterSwap", () => { if (open) document.getElementById("filtres")?.showPopover(); });
