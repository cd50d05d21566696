// The service worker: shows what the server pushes, and opens what it is about. It keeps nothing and answers no request.
type Said = { title: string; body: string; url: string; tag: string };
type Open = { url: string; focus(): Promise<Open> };
type Lasting = { waitUntil(work: Promise<unknown>): void };
type Pushed = Lasting & { data: { json(): unknown } | null };
type Clicked = Lasting & { notification: { close(): void; data: { url: string } } };
type ServiceWorker = {
  registration: { showNotification(title: string, options: object): Promise<void> };
  clients: { matchAll(options: object): Promise<Open[]>; openWindow(url: string): Promise<Open | null> };
  location: { origin: string };
  addEventListener(name: string, listener: (event: never) => void): void;
};

const worker = self as unknown as ServiceWorker;

async function open(address: string): Promise<void> {
  const target = new URL(address, worker.location.origin);
  if (target.origin !== worker.location.origin) return;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url === target.href);
  if (there) await there.focus();
  else await worker.clients.openWindow(target.href);
}

worker.addEventListener("push", (event: Pushed) => {
  const said = event.data?.json() as Said | undefined;
  if (said) event.waitUntil(worker.registration.showNotification(said.title, { body: said.body, tag: said.tag, data: { url: said.url } }));
});

worker.addEventListener("notificationclick", (event: Clicked) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

export {};
