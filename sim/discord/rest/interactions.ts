import type { Interaction } from '../interactions.ts';
import type { DiscordAnswer, Json } from '../types.ts';
import { type Api, type Call, nothing, ok, type Reply, type Routes } from './route.ts';

const WEBHOOK = '/webhooks/:application/:token';

/** These take the token of the interaction instead of the bot's. */
export const interactionRoutes: Routes = {
  'POST /interactions/:interaction/:token/callback': (call, api) => {
    const { interaction, answer } = api.answers.respond(call.id('interaction'), call.text('token'), call);
    if (call.query.get('with_response') !== 'true') return nothing();
    return ok(callbackResponse(interaction, answer, Number(call.body.type), api));
  },

  [`POST ${WEBHOOK}`]: (call, api) =>
    ok(api.wire.message(api.answers.followUp(call.id('application'), call.text('token'), call))),

  [`GET ${WEBHOOK}/messages/:message`]: (call, api) =>
    ok(api.wire.message(api.answers.find(call.id('application'), call.text('token'), call.text('message')))),

  [`PATCH ${WEBHOOK}/messages/:message`]: (call, api) =>
    ok(api.wire.message(api.answers.edit(call.id('application'), call.text('token'), call.text('message'), call))),

  [`DELETE ${WEBHOOK}/messages/:message`]: remove,
};

function remove(call: Call, { answers }: Api): Reply {
  answers.remove(call.id('application'), call.text('token'), call.text('message'));
  return nothing();
}

function callbackResponse({ id, type }: Interaction, answer: DiscordAnswer, answerType: number, { wire }: Api): Json {
  const message = 'message' in answer ? answer.message : undefined;
  const shown = message && {
    response_message_id: message.id,
    response_message_loading: answer.kind === 'deferred',
    response_message_ephemeral: message.ephemeralTo !== undefined,
  };
  const resource = { type: answerType, ...(message ? { message: wire.message(message) } : {}) };
  return { interaction: { id, type, ...shown }, resource };
}
