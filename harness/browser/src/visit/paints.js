// When the page first showed something, when its largest part was there, and for how long its main
// thread could not react (Web Vitals: FCP, LCP, TBT). Milliseconds since the navigation began.
new Promise((done) => {
  const entries = { "largest-contentful-paint": [], longtask: [] };
  const observers = Object.keys(entries).map((type) => {
    const observer = new PerformanceObserver((list) => entries[type].push(...list.getEntries()));
    observer.observe({ type, buffered: true });
    return observer;
  });
  setTimeout(() => {
    for (const observer of observers) observer.disconnect();
    const over = entries.longtask.map((task) => Math.max(0, task.duration - 50));
    done({
      first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
      largest: entries["largest-contentful-paint"].at(-1)?.startTime ?? null,
      blocked: over.reduce((sum, one) => sum + one, 0),
    });
  }, 50);
})
