import { renderMessage, type SlackMessage, type SlackPerson, type SlackSim } from '../../sim/slack/index.ts';
import { contentOf, type Room, type Seat, type Shown } from './seat.ts';

/** Somebody in Slack, who speaks in one channel. */
export async function slackSeat(slack: SlackSim, name: string, channel: string): Promise<Seat> {
  const person = slack.person(name);
  const dm = await person.dm();
  const isOurs = ({ user, deleted }: SlackMessage) => user === slack.botUserId && !deleted;
  const say: Seat['say'] = async (room, text, files = []) => {
    const attached = files.map((file) => ({ name: file.name, content: contentOf(file), mimetype: file.type }));
    const thread = room.thread === undefined ? {} : { threadTs: room.thread };
    const ts = await person.say(room.channel, text, { ...thread, files: attached });
    return {
      id: ts,
      edit: (words) => person.edit(room.channel, ts, words),
      remove: () => person.remove(room.channel, ts),
    };
  };
  return {
    platform: 'slack',
    account: { platform: 'slack', space: slack.teamId, id: person.id, name, bot: false },
    dm: { channel: dm },
    say,
    async mention(text, files) {
      const { id: thread } = await say({ channel }, `<@${slack.botUserId}> ${text}`, files);
      return { channel, thread };
    },
    join: async (room) => slack.invite(room.channel, person),
    shown: ({ channel: where, thread }: Room) =>
      slack
        .messages(where)
        .filter((message) => isOurs(message) && (thread === undefined || message.thread_ts === thread))
        .map((message) => shownTo(slack, person, message)),
    told: () => slack.ephemerals(person.id).map((message) => shownTo(slack, person, message)),
    command: async (line) => void (await person.command('/mainloop', line, dm)),
  };
}

const thumbs = { up: '+1', down: '-1' } as const;

function shownTo(slack: SlackSim, person: SlackPerson, message: SlackMessage): Shown {
  const { channel, ts, thread_ts: thread = ts } = message;
  return {
    id: ts,
    text: () => renderMessage(message),
    press: (label) => person.press(message, { text: label }),
    async write(label, words) {
      await person.press(message, { text: label });
      const view = await slack.waitFor(() => person.openView(), { timeoutMs: 60_000 });
      const input = view.blocks.find(({ type }) => type === 'input');
      await person.submit(view, { [String(input?.block_id)]: words });
    },
    reply: async (words) => void (await person.say(channel, words, { threadTs: thread })),
    thumb: (which) => person.react(channel, ts, thumbs[which]),
    unthumb: (which) => person.unreact(channel, ts, thumbs[which]),
    async forge(token) {
      const button = { type: 'button', action_id: 'b:0', value: token, text: { type: 'plain_text', text: 'Forged' } };
      await person.press({ ...message, blocks: [{ type: 'actions', block_id: 'forged', elements: [button] }] });
    },
  };
}
