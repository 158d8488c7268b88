// An application with one page: the address decides what it shows, and links change the address without leaving the page.
const calls = new Map(Object.entries({
  socket: "A socket is made: a number that stands for one end of a conversation that has not begun.",
  bind: "The socket gets an address and a port, so that others can say whom they mean.",
  listen: "From now on the kernel takes calls on it and keeps them waiting in a queue.",
  accept4: "The first of the queue becomes a socket of its own. One call, and it does not block.",
  recv: "What the client has sent is copied into a buffer: a request, or a part of one.",
  send: "Head and body of a small answer leave together, in one call.",
  close: "The number is given back. Whoever comes next may get the same.",
}));

function show() {
  const name = location.pathname.match(/^\/app\/calls\/(\w+)$/)?.[1];
  const isStart = location.pathname === "/app/";
  document.querySelector("h1").textContent = isStart ? "One page, eight addresses" : calls.has(name) ? name : "No such call";
  document.querySelector("#text").textContent = isStart ? "The seven system calls between a server and its client, one at a time." : calls.get(name) ?? "Choose one of the seven.";
  document.title = document.querySelector("h1").textContent;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.pathname === location.pathname) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

document.querySelector("nav").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    history.pushState(null, "", link.href);
    show();
  }
});
addEventListener("popstate", show);
show();
