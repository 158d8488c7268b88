using Webserv.Abstractions.Pipeline;
using Webserv.Host.Pipeline;

namespace Webserv.Testing.Pipeline;

/// <summary>An entry of a <see cref="TestPipeline"/>.</summary>
/// <param name="Name">What it is called in <see cref="Http.TestHttpContext.Visited"/>.</param>
/// <param name="Middleware">What it runs.</param>
/// <param name="When">Where it applies; everywhere if it is <see langword="null"/>.</param>
internal sealed record TestPipelineStep(string Name, IMiddleware Middleware, PathPattern? When);
