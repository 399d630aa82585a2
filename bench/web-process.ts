/** The web face as the program composes it, in a process of its own. */
import { servePages } from '../bot/testing/served-pages.ts';

await servePages(process.env.DATABASE_URL ?? '', Number(process.env.PORT));
process.send?.({ type: 'ready' });
