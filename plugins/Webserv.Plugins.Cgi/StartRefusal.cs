using System.Text;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Scripts;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi;

/// <summary>What a request is answered with whose script could not be started.</summary>
/// <param name="configured">The variables of the configuration.</param>
/// <param name="programs">Looks an interpreter up again that could not be started.</param>
/// <param name="logger">Told why.</param>
internal sealed class StartRefusal(IDictionary<string, string> configured, ProgramLocator programs, ILogger logger)
{
    /// <summary>Logs why, and says what the client gets.</summary>
    public HttpException Create(
        IHttpContext context, Script script, Interpreter interpreter, ProcessStart start, ProcessStartException failure)
    {
        if (failure.Failure == ProcessStartFailure.TooLarge)
        {
            return RefuseTooLarge(context, script, start, failure);
        }

        Log.CannotStart(logger, script.FileName, context.TraceId, failure.Message);
        if (interpreter.Program is { } program)
        {
            programs.Forget(program);
        }

        var status = failure.Failure switch
        {
            ProcessStartFailure.Busy => StatusCodes.ServiceUnavailable,
            ProcessStartFailure.NotExecutable when interpreter.Program is null => StatusCodes.Forbidden,
            _ => StatusCodes.InternalServerError,
        };
        var answer = new HttpException(status, failure.Message, failure);
        if (status == StatusCodes.ServiceUnavailable)
        {
            answer.Headers[Fields.RetryAfter] = "1";
        }

        return answer;
    }

    /// <summary>The system takes so much, and a single text of so much, and no more (E2BIG): the client's fault, or the configuration's.</summary>
    private HttpException RefuseTooLarge(IHttpContext context, Script script, ProcessStart start, ProcessStartException failure)
    {
        var total = start.Arguments.Sum(SizeOf) + start.Environment.Sum(static variable => SizeOf(variable.Key) + SizeOf(variable.Value));
        var (largest, value) = start.Environment.MaxBy(static variable => variable.Value.Length);
        Log.EnvironmentTooLarge(logger, script.FileName, context.TraceId, total, largest, SizeOf(value), failure.Message);
        var status = configured.ContainsKey(largest) ? StatusCodes.InternalServerError
            : largest.StartsWith("HTTP_", StringComparison.Ordinal) ? StatusCodes.RequestHeaderFieldsTooLarge
            : largest is "QUERY_STRING" or "REQUEST_URI" or "PATH_INFO" or "PATH_TRANSLATED" ? StatusCodes.UriTooLong
            : StatusCodes.InternalServerError;
        return new HttpException(status, failure.Message, failure);

        static long SizeOf(string text) => Encoding.UTF8.GetByteCount(text) + 1;
    }
}
