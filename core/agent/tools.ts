import { describe, Failure } from '../errors.ts';
import type { ModelTool } from '../ports.ts';
import { actingTools } from './act.ts';
import { answerTool } from './answer.ts';
import { lookingTools } from './look.ts';
import { spawnTool } from './spawn.ts';
import { refused, type Tool } from './tool.ts';
import type { AssistantDeps, ToolCall, ToolOutcome, Turn } from './turn.ts';

export interface Tools {
  readonly definitions: readonly ModelTool[];
  use(turn: Turn, call: ToolCall): Promise<ToolOutcome>;
}

/** Everything the assistant can do. None of it starts work: see {@link spawnTool}. */
export function createTools({ store, host, settings, decisions }: Omit<AssistantDeps, 'model' | 'log'>): Tools {
  const tools: readonly Tool[] = [
    spawnTool({ store, host, settings, decisions }),
    ...lookingTools(store),
    ...actingTools(decisions),
    answerTool(store, decisions),
  ];
  const byName = new Map(tools.map((tool) => [tool.definition.name, tool]));

  return {
    definitions: tools.map((tool) => tool.definition),

    /** A failure that may pass is thrown, so that the call is tried again; one that never will is told to the model. */
    async use(turn, call) {
      const tool = byName.get(call.name);
      if (!tool) return refused(`There is no tool ${call.name}. There are ${[...byName.keys()].join(', ')}.`);
      try {
        return await tool.use(turn, call);
      } catch (error) {
        if (!(error instanceof Failure) || error.remedy !== 'never') throw error;
        return refused(`It failed: ${describe(error)}`);
      }
    },
  };
}
