using SasRec.Core.Events;
using SasRec.Core.Rules;

namespace SasRec.Serving.Slates;

/// <summary>A request with everything that it is answered from but the model and the catalogue.</summary>
/// <param name="Request">What the client asks for.</param>
/// <param name="Taste">What the user wanted and turned down.</param>
/// <param name="Rules">The rules of the placement and of the request.</param>
/// <param name="Shown">What earlier pages of the list showed.</param>
/// <param name="RulesVersion">The change of the placement's rules that is in effect; null for none.</param>
/// <param name="Arms">What the experiments make of it; <paramref name="Request"/> and <paramref name="Rules"/> have it already.</param>
sealed record KnownRequest(
    RecommendationRequest Request, UserTaste Taste, SlateRules Rules, IReadOnlyList<string> Shown, int? RulesVersion, ArmSetting Arms);
