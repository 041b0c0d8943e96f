// Files as they were sent -> pictures that can be drawn at once.
const pictureOf = async (kind, base64) => {
  const image = new Image();
  image.src = `data:image/${kind};base64,${base64}`;
  await image.decode();
  return image;
};

const framesOf = (frames) => Promise.all(frames.map(async (one) => {
  const [picture, answer] = await Promise.all([pictureOf('jpeg', one.picture), pictureOf('png', one.answer)]);
  return { ...one, picture, answer };
}));

// Frames are decoded once; what changes more often, the region and the certificate, each time.
const decoded = async (data, kept) => {
  const frames = kept && kept.hash === data.shown.hash ? kept.frames : await framesOf(data.shown.frames);
  const certified = data.certified ? await pictureOf('png', data.certified) : null;
  const { width, height } = { width: frames[0].picture.naturalWidth, height: frames[0].picture.naturalHeight };
  return { ...data.shown, frames, certified, width, height, region: data.region, words: data.words };
};
