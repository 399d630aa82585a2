import { App, type Receiver, type ReceiverEvent } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Inbound } from '../../core/domain/chat.ts';
import { createInOrder } from '../../core/in-order.ts';
import { clientOptions } from './client.ts';
import type { Directory } from './directory.ts';
import { formView } from './form.ts';
import { ACTION, actionInbound, actionKind, commandInbound, formInbound } from './interactions.ts';
import { boltLogger, type Logger } from './logger.ts';
import type { Names } from './mrkdwn.ts';
import { messageInbound, reactionEvent, reactionInbound, type Self, spokenMessage, stopInbound } from './parse.ts';
import * as payload from './payload.ts';

export interface ReceiveOptions {
  readonly receiver: Receiver;
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly timeoutMs: number;
  readonly self: Self;
  readonly client: WebClient;
  readonly directory: Directory;
  readonly names: Names;
  readonly log: Logger;
  readonly sink: (inbound: Inbound) => Promise<void>;
}

/** How long a message waits for its writer's name, when that is not known yet. */
const NAME_WAIT_MS = 1_000;

/**
 * Bolt, with what happens made durable first: Bolt acknowledges events before any listener runs, so the sink is awaited in
 * front of Bolt's own processing. When the sink throws, nothing is acknowledged and Slack delivers again.
 */
export function createApp(options: ReceiveOptions): { idle: () => Promise<void> } {
  const { self, log } = options;
  const app = new App({
    receiver: options.receiver,
    authorize: () =>
      Promise.resolve({ botToken: options.botToken, botId: self.bot, botUserId: self.user, teamId: self.team }),
    logger: boltLogger(log),
    clientOptions: clientOptions(options),
  });
  app.action(/.*/, ({ ack }) => ack());
  app.command(/.*/, ({ ack }) => ack());
  app.view(/.*/, ({ ack }) => ack());
  app.error(async (error) => log.error({ error: error.message }, 'a Slack listener failed'));

  const read = createReader(options);
  const acknowledge = app.processEvent.bind(app);
  const inFlight = new Set<Promise<void>>();
  async function process(event: ReceiverEvent): Promise<void> {
    const inbound = await read(event.body);
    if (inbound) await options.sink(inbound);
    await acknowledge(event);
  }
  app.processEvent = (event) => {
    const work = process(event);
    inFlight.add(work);
    return work.finally(() => inFlight.delete(work));
  };
  return { idle: async () => void (await Promise.allSettled(inFlight)) };
}

/** Payload in, inbound out; null for what is not for us. Opens the form of a form button on the way. */
function createReader({
  self,
  client,
  directory,
  names,
  log,
}: ReceiveOptions): (body: unknown) => Promise<Inbound | null> {
  /** Looking up a person must not let something later in the same channel overtake. */
  const inOrder = createInOrder();

  async function happened(event: unknown): Promise<Inbound | null> {
    const message = spokenMessage(event);
    if (message) {
      const channel = message.channel ?? '';
      if (message.user === self.user || channel === '') return null;
      return inOrder(channel, async () => {
        const person = directory.known(message.user) ?? (await soon(directory.get(message.user)));
        return person?.bot
          ? null
          : messageInbound(message, channel, directory.account(message.user, person), self, names);
      });
    }
    const reaction = reactionEvent(event, self);
    if (reaction) {
      return inOrder(reaction.item.channel, async () => {
        const person = await directory.get(reaction.user);
        return reactionInbound(reaction, directory.account(reaction.user, person), self);
      });
    }
    const stop = payload.stopped.safeParse(event).data;
    return stop ? stopInbound(stop, directory.account(stop.user, directory.known(stop.user)), self) : null;
  }

  async function interaction(body: unknown): Promise<Inbound | null> {
    const action = payload.blockActions.safeParse(body).data;
    if (action) {
      if (actionKind(action.actions[0]?.action_id ?? '') !== ACTION.form) return actionInbound(action, self, directory);
      await client.views.open({ trigger_id: action.trigger_id, view: formView(action) });
      return null;
    }
    const view = payload.viewSubmission.safeParse(body).data;
    return view ? formInbound(view, self, directory) : null;
  }

  return async function read(body) {
    const callback = payload.eventCallback.safeParse(body).data;
    if (callback) return happened(callback.event);
    const command = payload.slashCommand.safeParse(body).data;
    if (command) return commandInbound(command, self, directory, names);
    const inbound = await interaction(body);
    if (!inbound) log.debug({}, 'a Slack payload that is not for us');
    return inbound;
  };
}

/** The value if it comes in time; a name is not worth a lost message. */
async function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, NAME_WAIT_MS, undefined);
  });
  return Promise.race([promise.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
