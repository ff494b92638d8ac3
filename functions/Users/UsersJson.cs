using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Users;

/// <summary>What the user endpoints answer.</summary>
[JsonSerializable(typeof(UserHistory))]
[JsonSerializable(typeof(ForgottenUser))]
[JsonSerializable(typeof(UserList))]
sealed partial class UsersJson : JsonSerializerContext
{
    public static UsersJson Answers { get; } = new(ApiJson.Options());
}
