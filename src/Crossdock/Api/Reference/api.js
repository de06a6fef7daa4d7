// Searches in the page: every word must stand somewhere in an operation. Without this script the page is complete, only not searchable.
(() => {
  const field = document.getElementById("search"), found = document.getElementById("found"), contents = document.getElementById("contents");
  if (matchMedia("(max-width: 50rem)").matches) contents.open = false;
  const articles = [...document.querySelectorAll("article")].map(element => ({ element, text: element.textContent.toLowerCase(), link: document.querySelector(`li[data-for="${element.id}"]`) }));
  const search = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { element, text, link } of articles) {
      const fits = words.every(word => text.includes(word));
      element.hidden = link.hidden = !fits;
      count += fits;
    }
    for (const section of document.querySelectorAll("section.tag")) section.hidden = !section.querySelector("article:not([hidden])");
    for (const list of document.querySelectorAll("nav ul")) list.hidden = list.previousElementSibling.hidden = !list.querySelector("li:not([hidden])");
    document.querySelector("section.start").hidden = words.length > 0;
    found.textContent = words.length ? `${count} of ${articles.length} operations` : "";
  };
  field.addEventListener("input", search);
  addEventListener("keydown", pressed => { if (pressed.key === "/" && document.activeElement !== field) { pressed.preventDefault(); field.focus(); } });
  if (field.value) search();
})();
