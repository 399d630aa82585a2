import { describe, expect, it } from 'vitest';
import { commands, parseCommand } from './commands.ts';

const projectUsage = 'Use it as `project [add|new|link|remove OWNER/REPO] [set OWNER/REPO self-approval on|off]`.';

describe('a command', () => {
  it.each([
    ['task fix the picker', { name: 'task', text: 'fix the picker' }],
    ['task "fix the picker"', { name: 'task', text: 'fix the picker' }],
    ['Task “fix\nthe picker”', { name: 'task', text: 'fix\nthe picker' }],
    ['task say "no" to Feb 30', { name: 'task', text: 'say "no" to Feb 30' }],
    ['/mainloop tasks', { name: 'tasks', all: false }],
    ['tasks all', { name: 'tasks', all: true }],
    ['why', { name: 'why', task: null }],
    ['why #41', { name: 'why', task: 41 }],
    ['  why   41 ', { name: 'why', task: 41 }],
    ['inbox', { name: 'inbox', action: 'list' }],
    ['inbox via Fake, other', { name: 'inbox', action: 'via', surfaces: ['fake', 'other'] }],
    ['inbox via last', { name: 'inbox', action: 'via', surfaces: null }],
    ['snooze #41 2h', { name: 'snooze', task: 41, when: '2h' }],
    ['snooze 2 h', { name: 'snooze', task: null, when: '2 h' }],
    ['delegate #41 to Ben', { name: 'delegate', task: 41, to: 'Ben' }],
    ['delegate 41 <@U1>', { name: 'delegate', task: 41, to: '<@U1>' }],
    ['delegate Ben', { name: 'delegate', task: null, to: 'Ben' }],
    ['quiet', { name: 'quiet', action: 'show' }],
    ['quiet OFF', { name: 'quiet', action: 'off' }],
    ['quiet 22:00 - 08:00', { name: 'quiet', action: 'set', hours: '22:00 - 08:00', zone: null }],
    ['quiet 22-8 Europe/Berlin', { name: 'quiet', action: 'set', hours: '22-8', zone: 'Europe/Berlin' }],
    ['steer #41 use a table', { name: 'steer', task: 41, text: 'use a table' }],
    ['steer #41: "use a table"', { name: 'steer', task: 41, text: 'use a table' }],
    ['steer 41 "use a table"', { name: 'steer', task: 41, text: 'use a table' }],
    ['steer 41 use a table', { name: 'steer', task: 41, text: 'use a table' }],
    ['steer use a table', { name: 'steer', task: null, text: 'use a table' }],
    ['cancel 41', { name: 'cancel', task: 41 }],
    ['retry #41', { name: 'retry', task: 41 }],
    ['logs', { name: 'logs', task: null }],
    ['log #41', { name: 'log', task: 41 }],
    ['project', { name: 'project', action: 'list' }],
    ['project add acme/web', { name: 'project', action: 'add', repo: 'acme/web' }],
    ['project add https://github.com/acme/web.git', { name: 'project', action: 'add', repo: 'acme/web' }],
    ['project remove acme/web', { name: 'project', action: 'remove', repo: 'acme/web' }],
    [
      'project set acme/web self-approval off',
      { name: 'project', action: 'set', repo: 'acme/web', selfApproval: false },
    ],
    [
      'project set https://github.com/acme/web Self-Approval ON',
      { name: 'project', action: 'set', repo: 'acme/web', selfApproval: true },
    ],
    ['link', { name: 'link', code: null, role: 'member' }],
    ['link 7k2-9qf', { name: 'link', code: '7K2-9QF', role: 'member' }],
    ['link 7K2-9QF viewer', { name: 'link', code: '7K2-9QF', role: 'viewer' }],
    ['dashboard', { name: 'dashboard' }],
    ['help', { name: 'help', topic: null }],
    ['help steer', { name: 'help', topic: 'steer' }],
    ['', { name: 'help', topic: null }],
    ['/mainloop', { name: 'help', topic: null }],
  ])('%j is understood', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each([
    ['why #banana', 'Use it as `why [#TASK]`.'],
    ['cancel 0', 'Use it as `cancel [#TASK]`.'],
    ['task', 'Use it as `task TEXT`.'],
    ['task ""', 'Use it as `task TEXT`.'],
    ['steer', 'Use it as `steer [#TASK] TEXT`.'],
    ['steer #41', 'Use it as `steer [#TASK] TEXT`.'],
    ['inbox of Ben', 'Use it as `inbox [via PLATFORM[,PLATFORM]|last]`.'],
    ['snooze #41', 'Use it as `snooze [#TASK] 2h|tomorrow|…`.'],
    ['delegate #41', 'Use it as `delegate [#TASK] PERSON`.'],
    ['quiet at night', 'Use it as `quiet [22:00-08:00 [ZONE]|off]`.'],
    ['project add', projectUsage],
    ['project set acme/web', projectUsage],
    ['project set acme/web self-approval maybe', projectUsage],
    ['project set acme/web colour on', projectUsage],
    ['log x', 'Use it as `log [#TASK]`.'],
    ['link 7K2-9QF king', 'Use it as `link [CODE] [owner|member|viewer]`.'],
    ['taks', 'There is no `taks`; did you mean `tasks`?'],
    ['projcet add a/b', 'There is no `projcet`; did you mean `project`?'],
    ['help cancle', 'There is no `cancle`; did you mean `cancel`?'],
    ['frobnicate', 'There is no `frobnicate`; `help` lists what there is.'],
    ['<!channel>`x', 'There is no `channelx`; `help` lists what there is.'],
  ])('%j is answered with what is wrong', (text, error) => {
    expect(parseCommand(text)).toEqual({ error });
  });

  it('is found under every name of the table', () => {
    for (const { name, usage } of commands) {
      expect(usage.startsWith(name)).toBe(true);
      const parsed = parseCommand(name);
      expect('error' in parsed ? parsed.error : parsed.name).toMatch(name);
    }
  });

  it('is quick to refuse what is very long', () => {
    const started = performance.now();
    parseCommand('x'.repeat(100_000));
    parseCommand(`task ${'"'.repeat(100_000)}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
