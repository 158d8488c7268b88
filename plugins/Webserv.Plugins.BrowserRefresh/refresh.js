// Loads the page again when the server has another one: see Webserv.Plugins.BrowserRefresh.
(() => {
  const events = document.currentScript.src.replace(".js?", "?");
  const [shortest, longest] = [20, 1000];
  let source, timer, pause = shortest;
  const stop = () => {
    clearTimeout(timer);
    source?.close();
  };
  const start = () => {
    stop();
    // A browser has six connections to a server: pages that nobody sees ask when they are seen again.
    if (document.hidden) return;
    source = new EventSource(events);
    source.onopen = () => { pause = shortest; };
    source.onmessage = () => {
      stop();
      location.reload();
    };
    // It ends each time that something changes in the server, and when the server stops: whoever answers next knows.
    source.onerror = () => {
      stop();
      timer = setTimeout(start, pause);
      pause = Math.min(2 * pause, longest);
    };
  };
  document.addEventListener("visibilitychange", start);
  addEventListener("pagehide", stop);
  addEventListener("pageshow", event => { if (event.persisted) start(); });
  start();
})();
