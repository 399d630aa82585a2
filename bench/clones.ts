import type pg from 'pg';

/** The number of the first task, of its proposal and of its ask: found nowhere else, so that it can be replaced. */
export const firstNumber = 7_700_001;

/** Makes the next task, proposal and ask have {@link firstNumber}. */
export async function numberFrom(client: pg.Client): Promise<void> {
  for (const [table, column] of [
    ['tasks', 'number'],
    ['proposals', 'id'],
    ['asks', 'id'],
  ]) {
    await client.query(`select setval(pg_get_serial_sequence('mainloop.${table}', '${column}'), ${firstNumber - 1})`);
  }
}

/** What a task that waits consists of, with the rows that belong to it. */
const tables = [
  ['mainloop.proposals', `id = ${firstNumber}`],
  ['mainloop.tasks', `number = ${firstNumber}`],
  ['mainloop.asks', `id = ${firstNumber}`],
  ['mainloop.posts', `subject in ('task:${firstNumber}', 'ask:${firstNumber}')`],
  ['dbos.workflow_status', `workflow_uuid = 'task:${firstNumber}'`],
  ['dbos.workflow_input', `workflow_uuid = 'task:${firstNumber}'`],
  ['dbos.operation_outputs', `workflow_uuid = 'task:${firstNumber}'`],
] as const;

/**
 * Copies the first task, with its durable workflow, to the numbers after it: what stands in the database is what each task
 * would have written by itself, which takes too long for ten thousand.
 */
export async function cloneTasks(client: pg.Client, from: number, to: number): Promise<void> {
  for (const [table, which] of tables) {
    await client.query(
      `insert into ${table}
         select copy.* from ${table} as original, generate_series(${from}, ${to}) as n,
           json_populate_record(null::${table},
             replace(row_to_json(original)::text, '${firstNumber}', (${firstNumber} + n)::text)::json) as copy
         where ${which.replaceAll(/\b(id|number|subject|workflow_uuid)\b(?= (=|in))/g, 'original.$1')}`,
    );
  }
}
