/** Notices that the process which started this one is gone: npm, killed, takes no child with it. */

const LOOK_EVERY_MS = 500;

/** Calls `gone` once the parent is another than at first. Keeps nothing alive by itself. */
export function watchParent(parentPid: () => number, gone: () => void): NodeJS.Timeout {
  const first = parentPid();
  const timer = setInterval(() => {
    if (parentPid() === first) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  return timer.unref();
}
