namespace SasRec.Core.Events;

/// <summary>What a model that showed nothing made of a slate, asked at the moment of serving about the same history and filters.</summary>
/// <param name="Version">The model.</param>
/// <param name="Target">[slots]: the probability with which it would have taken each slot by the slate's policy, given the slots before.</param>
/// <param name="Agreement">The share of the slate's items that it would have among its own highest, as many as the slate has.</param>
/// <param name="Milliseconds">How long it took to score.</param>
public sealed record SlateShadow(string Version, double[] Target, double Agreement, double Milliseconds);
