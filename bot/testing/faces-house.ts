/** The program with every chat on, and people who have an account on each of them. */
import type { Person, Role } from '../../core/domain/policy.ts';
import type { Brain } from '../../sim/anthropic/index.ts';
import { createWideWorld, type WideWorld } from '../demo/everywhere.ts';
import { openQuickHouse } from '../faults/testing.ts';
import { discordSeat } from './discord-seat.ts';
import type { House } from './house.ts';
import { type PlatformName, platforms, type Room, type Seat, type Shown } from './seat.ts';
import { slackSeat } from './slack-seat.ts';
import { telegramSeat } from './telegram-seat.ts';

export type Seats = Readonly<Record<PlatformName, Seat>>;

/** Somebody who is known, and where they sit. */
export interface Somebody {
  readonly person: Person;
  readonly at: Seats;
}

export interface FacesHouse extends House<WideWorld> {
  /** The owner. */
  readonly ana: Somebody;
  /** Somebody on each platform whom nobody knows yet. */
  strangers(name: string): Promise<Seats>;
  /** Makes a person of that role with an account on each platform. */
  admit(name: string, role: Role): Promise<Somebody>;
  /** Waits for the last message like this in a place. */
  reads(seat: Seat, room: Room, text: RegExp): Promise<Shown>;
  /** Waits for what somebody alone reads after they did something. */
  hears(seat: Seat, text: RegExp, act: () => Promise<unknown>): Promise<Shown>;
  /** What answers a command. */
  command(seat: Seat, line: string, text: RegExp): Promise<Shown>;
  /** Waits until a message reads like this. */
  becomes(message: Shown, text: RegExp): Promise<void>;
}

export interface FacesOptions {
  readonly brain: Brain;
  readonly env?: Record<string, string>;
  /** By which the chats tell when something was said, milliseconds since 1970; real time by default. */
  readonly clock?: () => number;
}

/** Longest wait for one thing to happen, also on a machine that does much else. */
const patienceMs = 60_000;

/** Builds a house whose one project is `acme/quick`, with the chats' commands in place. */
export async function openFacesHouse({ brain, env = {}, clock = Date.now }: FacesOptions): Promise<FacesHouse> {
  let world: WideWorld | undefined;
  const createWorld = async (port: number) => {
    world = await createWideWorld(port, clock);
    return world;
  };
  const house = await openQuickHouse(brain, { createWorld, env });
  if (!world) throw new Error('the house has no world');
  const { slack, discord, telegram, channel } = world;
  const web = discord.createChannel('web');
  await house.until('the commands', () => discord.commands('').length || undefined);

  const strangers = async (name: string): Promise<Seats> => ({
    slack: await slackSeat(slack, name, channel),
    discord: discordSeat(discord, name, web),
    telegram: await telegramSeat(telegram, name),
  });
  const join = async (person: Person, at: Seats): Promise<Somebody> => {
    for (const platform of platforms) await house.store.people.addAccount(person.id, at[platform].account, Date.now());
    return { person, at };
  };
  const find = async (look: () => readonly Shown[], text: RegExp): Promise<Shown> => {
    const found = () => look().findLast((message) => text.test(message.text()));
    return house.until(`${text}`, found, patienceMs).catch((error: Error) => {
      const there = look().map((message) => message.text());
      throw new Error(`${error.message}; there are: ${there.join('\n--\n') || 'none'}`);
    });
  };
  const hears: FacesHouse['hears'] = async (seat, text, act) => {
    const before = new Set(seat.told().map(({ id }) => id));
    await act();
    return find(() => seat.told().filter(({ id }) => !before.has(id)), text);
  };
  const admit: FacesHouse['admit'] = async (name, role) => {
    const at = await strangers(name);
    return join(await house.store.people.admit(at.slack.account, role, Date.now()), at);
  };
  const ana = await admit('Ana', 'owner');
  return {
    ...house,
    ...{ world, ana, strangers, admit, hears },
    until: (what, probe, timeoutMs = patienceMs) => house.until(what, probe, timeoutMs),
    reads: (seat, room, text) => find(() => seat.shown(room), text),
    command: (seat, line, text) => hears(seat, text, () => seat.command(line)),
    becomes: async (message, text) => void (await find(() => [message], text)),
  };
}
