/** Two tones that are heard in a street and do not frighten. Browsers give a page no voice until somebody has pressed something. */
export function chime(context: AudioContext, tones: readonly number[] = [880, 660]): void {
  tones.forEach((frequency, n) => {
    tone(context, frequency, n * 0.22)
  })
}

function tone(context: AudioContext, frequency: number, delay: number): void {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  const at = context.currentTime + delay
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.25, at + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.35)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.4)
}
