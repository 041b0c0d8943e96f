// Arrows move, plus and minus resize; with Shift arrows go farther.
const PAUSE = 350;
const FAR = 10;
const GROW = 2;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = { '+': GROW, '=': GROW, '-': -GROW, _: -GROW };

const listenToKeys = (board) => {
  board.sticker.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const move = MOVES[event.key], by = SIZES[event.key], { place } = board, far = event.shiftKey ? FAR : 1;
    if (!move && !by) return;
    event.preventDefault();
    board.put(move ? { ...place, x: place.x + far * move[0], y: place.y + far * move[1] } : resized(place, by));
    board.soon(PAUSE);
  };
};
