namespace Webserv.Abstractions.Http;

/// <summary>
/// What a resource can be asked with. A middleware that answers some methods of a resource that exists, and got another one,
/// adds those that it answers and passes the request on. Where nobody behind it answers either, the server does: OPTIONS with
/// 204 and the union of all that was added in Allow (RFC 9110 section 9.3.7), any other known method with 405 and the same
/// Allow (section 15.5.6). Where nobody added anything it is 404, and for a method that nobody knows 501. The server offers
/// it for every request by <see cref="IHttpContext.GetFeature"/>.
/// </summary>
/// <example>
/// <code>
/// if (!HttpMethods.IsGetOrHead(context.Request.Method))
/// {
///     context.GetFeature&lt;IAllowedMethodsFeature&gt;()?.Add(HttpMethods.Get, HttpMethods.Head);
///     return next(context, cancellation);
/// }
/// </code>
/// </example>
public interface IAllowedMethodsFeature
{
    /// <summary>What was added so far, in order, each once; without OPTIONS, which the server adds.</summary>
    IReadOnlyList<string> Methods { get; }

    /// <summary>Adds methods. Those that are there already are left alone.</summary>
    /// <param name="methods">Methods that a middleware would have answered for this resource.</param>
    void Add(params string[] methods);
}
