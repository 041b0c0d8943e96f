// Mouse, pen and fingers: the sticker is dragged, its corner resizes it, and a press beside it fetches it there.
const listenToPointers = (board) => {
  const { element, sticker } = board;
  const perPixel = () => element.querySelector('.picture').getBoundingClientRect().width / board.data.width;
  let from = null;

  sticker.onpointerdown = (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    sticker.focus({ preventScroll: true });
    sticker.setPointerCapture(event.pointerId);
    from = { x: event.clientX, y: event.clientY, place: board.place, corner: event.target.matches('.corner') };
    sticker.classList.add('held');
  };
  sticker.onpointermove = (event) => {
    if (!from) return;
    const across = (event.clientX - from.x) / perPixel(), down = (event.clientY - from.y) / perPixel();
    const { place } = from, room = Math.min(board.data.width - place.x, board.data.height - place.y);
    board.put(from.corner
      ? { ...place, size: Math.min(room, place.size + Math.max(across, down)) }
      : { ...place, x: place.x + across, y: place.y + down });
  };
  const released = () => {
    if (!from) return;
    from = null;
    sticker.classList.remove('held');
    board.soon(0);
  };
  sticker.onpointerup = released;
  sticker.onpointercancel = released;
  sticker.onclick = (event) => event.stopPropagation();
  element.onclick = (event) => {
    const box = element.querySelector('.picture').getBoundingClientRect(), { size } = board.place;
    board.put({ size, x: (event.clientX - box.left) / perPixel() - size / 2,
                y: (event.clientY - box.top) / perPixel() - size / 2 });
    board.soon(0);
  };
};
