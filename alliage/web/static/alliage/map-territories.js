// A click on a territory of the coloured map opens its page; the table beside has the same links for everyone.
"use strict";
document.querySelector(".choropleth")?.addEventListener("click", (event) => {
  const territory = event.target.closest("[data-code]");
  if (territory) location.assign(`/territoires/${event.currentTarget.dataset.level}/${territory.dataset.code}/`);
});
