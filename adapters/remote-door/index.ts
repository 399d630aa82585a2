export { connectDoor, type RemoteDoor } from './connect.ts';
export { type DoorService, serveDoor } from './serve.ts';
