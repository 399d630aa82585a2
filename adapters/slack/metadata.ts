import { z } from 'zod';

const EVENT_TYPE = 'mainloop';

/** Metadata that carries a message's key, so that a post of unknown fate can be found again. */
export const metadataOf = (key: string): { event_type: string; event_payload: { key: string } } => ({
  event_type: EVENT_TYPE,
  event_payload: { key },
});

const ours = z.object({ event_type: z.literal(EVENT_TYPE), event_payload: z.object({ key: z.string() }) });

/** The key in a message's metadata, or undefined when there is none of ours. */
export const keyIn = (metadata: unknown): string | undefined => ours.safeParse(metadata).data?.event_payload.key;
