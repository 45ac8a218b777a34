// The tree of a mailbox's folders, and the rooms of an organisation.

/** Every folder under `own`, with what is in it. Those of one level are asked for at once. */
export async function tree(face, own, options) {
  const { spell } = face;
  const nodes = [];
  for await (const folder of own.all(options)) nodes.push({ folder, children: [] });
  await Promise.all(nodes.map(async (node) => {
    if (node.folder[spell('childFolderCount')]) node.children = await tree(face, own.children(node.folder[spell('id')]), options);
  }));
  return nodes;
}

/** All rooms, or those of one list. */
export function rooms(face, user, options) {
  const { list: id, ...query } = options ?? {};
  const [path, ids] = id === undefined ? ['/places/graph.room', []] : ['/places/{}/graph.roomList/rooms', [id]];
  return face.walk((own) => face.list(face, user, path, ids, own), query);
}
