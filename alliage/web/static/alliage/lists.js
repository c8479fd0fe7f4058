// A list's address holds only what was filled in: empty fields of the filter form stay out of it.
"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  const { parameters } = event.detail;
  for (const name of ["year_min", "year_max", "ou", "q"]) if (parameters[name] === "") delete parameters[name];
});
