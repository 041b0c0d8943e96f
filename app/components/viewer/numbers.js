// Numbers for people: what is certified is rounded down, as on the server.
const grouped = (n) => n.toLocaleString('en-US');

const floored = (value, digits = 3) => {
  if (!(value > 0)) return '0';
  const [mantissa, power] = value.toExponential(60).split('e');
  return String(Number(mantissa.slice(0, digits + 1) + 'e' + power));
};

const shareDown = (part, whole) => (whole ? (Math.floor((1000 * part) / whole) / 10).toFixed(1) + ' %' : '–');
const shareUp = (part, whole) => (whole ? (Math.ceil((1000 * part) / whole) / 10).toFixed(1) + ' %' : '–');

const RAISED = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸',
                 9: '⁹' };
const powerText = (power) => '10' + [...String(power)].map((letter) => RAISED[letter]).join('');

const small = (p, smallest = 0) => {
  if (p <= smallest * 1.000001) return '< ' + powerText(Math.round(Math.log10(smallest)));
  if (p >= 0.001) return String(Number(p.toPrecision(3)));
  const [mantissa, power] = p.toExponential(1).split('e');
  return mantissa + '·' + powerText(Number(power));
};

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
const filled = (sentence, gaps) => sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in gaps ? gaps[name] : whole));
