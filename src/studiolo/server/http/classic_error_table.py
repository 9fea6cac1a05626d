"""The words of the classic services' errors: classes, details, messages and HTTP statuses.

From the table "REST API Error Codes" of the classic studio's documentation.
"""

from studiolo.services.scoring import ProblemCode

#: HTTP status and message of each class of errors.
CLASSES = {
    "BadArgument": (400, "Invalid argument provided."),
    "BadUserArgument": (400, "Invalid user argument provided."),
    "InvalidOperation": (400, "The request is invalid in the current context."),
    "LibraryExecutionError": (400, "Module execution encountered an internal library error."),
    "ModuleExecutionError": (400, "Module execution encountered an error."),
    "Unauthorized": (401, "Request is unauthorized to access resource."),
    "NotFound": (404, "Resource not found."),
    "RequestTimeout": (408, "The operation could not be completed within the permitted time."),
    "Conflict": (409, "Resource already exists."),
    "MemoryQuotaViolation": (413, "The model had exceeded the memory quota assigned to it."),
    "InternalError": (500, "Execution encountered an internal error."),
    "ServiceUnavailable": (503, "Service is temporarily unavailable."),
    "GatewayTimeout": (504, "The operation could not be completed within the permitted time."),
}
#: The class of each detail, and its message with places for facts.
DETAILS = {
    "BadParameterValue": (
        "BadArgument",
        "The parameter value supplied does not satisfy the parameter rule on the parameter.",
    ),
    "BadVersionCall": (
        "BadArgument",
        "Invalid version parameter was passed during the API call: {0}. Check the API help page "
        "for passing the correct version and try again.",
    ),
    "BatchJobInputsNotSpecified": (
        "BadArgument",
        "The following required input(s) were not specified with the request: {0}. Please ensure "
        "all input data is specified and try again.",
    ),
    "BatchJobInputsTooManySpecified": (
        "BadArgument",
        "The request specified more inputs than defined in the service. List of accepted "
        "input(s): {0}. Please ensure all input data is specified correctly and try again.",
    ),
    "BlobNotFound": (
        "BadArgument",
        "Unable to access the provided Azure blob - {0}. Azure error message: {1}.",
    ),
    "DuplicateInputInBatchCall": (
        "BadArgument",
        "The batch request is invalid. Cannot specify both single and multiple input at the same "
        "time. Remove one of these items from the request and try again.",
    ),
    "InvalidBlob": (
        "BadArgument",
        "Invalid blob specification for blob: {0}. Verify that connection string / relative path "
        "or SAS token specification is correct and try again.",
    ),
    "InvalidBlobConnectionString": (
        "BadArgument",
        "The connection string specified for one of the input/output blobs in invalid: {0}. "
        "Please correct this and try again.",
    ),
    "InvalidBlobExtension": (
        "BadArgument",
        "The blob reference: {0} has an invalid or missing file extension. Supported file "
        'extensions for this output type are: "{1}".',
    ),
    "InvalidInputNames": (
        "BadArgument",
        "Invalid service input name(s) specified in the request: {0}. Please map the input data "
        "to the correct service inputs and try again.",
    ),
    "InvalidOutputOverrideName": (
        "BadArgument",
        "Invalid output override name: {0}. The service does not have an output node with this "
        "name. Please pass in a correct output node name to override (case sensitivity applies).",
    ),
    "InvalidQueryParameter": ("BadArgument", "Invalid query parameter '{0}'."),
    "MissingInputBlobInformation": (
        "BadArgument",
        "Missing Azure storage blob information. Provide a valid connection string and relative "
        "path or URI and try again.",
    ),
    "MissingJobId": (
        "BadArgument",
        "No job Id provided. A job Id is returned when a job was submitted for the first time. "
        "Verify the job Id is correct and try again.",
    ),
    "MissingOutputOverrideSpecification": (
        "BadArgument",
        "The request is missing the blob specification for output override {0}. Please specify a "
        "valid blob location with the request, or remove the output specification if no location "
        "override is desired.",
    ),
    "MissingRequestInput": (
        "BadArgument",
        "The web service expects an input, but no input was provided. Ensure valid inputs are "
        "provided based on the published input ports in the model and try again.",
    ),
    "RequestBodyInvalid": (
        "BadArgument",
        "No request body provided or error in deserializing the request body.",
    ),
    "RequestIsEmpty": (
        "BadArgument",
        "No request provided. Provide a valid request and try again.",
    ),
    "InputMismatchError": (
        "BadUserArgument",
        "Input data does not match input port schema.",
    ),
    "InputParseError": (
        "BadUserArgument",
        "Parsing of input vector failed. Verify the input vector has the correct number of "
        "columns and data types. Additional details:",
    ),
    "MissingRequiredGlobalParameters": (
        "BadUserArgument",
        "Parameter(s) expected by the web service are missing. Verify all the required parameters "
        "expected by the web service are correct and try again.",
    ),
    "UnexpectedParameter": (
        "BadUserArgument",
        "Verify only the required parameters expected by the web service are passed and try again.",
    ),
    "CannotStartJob": (
        "InvalidOperation",
        "The job cannot be started because it is in {0} state.",
    ),
    "ManagementRequestUnauthorized": ("Unauthorized", "Unauthorized"),
    "ScoreRequestUnauthorized": ("Unauthorized", "Invalid credentials provided."),
    "WebServiceNotFound": (
        "NotFound",
        "Web service not found. Verify the web service Id is correct and try again.",
    ),
    "WorkspaceNotFound": (
        "NotFound",
        "Workspace not found. Verify the workspace Id is correct and try again.",
    ),
    "RequestCanceled": ("RequestTimeout", "Request was canceled by the client."),
    "ScoreRequestTimeout": ("RequestTimeout", "Execution request timed out."),
    "ModelOutputMetadataMismatch": (
        "Conflict",
        "Invalid output parameter name. Try using the metadata editor module to rename columns "
        "and try again.",
    ),
    "OutOfMemoryLimit": (
        "MemoryQuotaViolation",
        "The model consumed more memory than was appropriated for it. Maximum allowed memory for "
        "the model is {0} MB. Please check your model for issues.",
    ),
    "ModuleLoadFailed": ("InternalError", ""),
    "OutputConversionFailed": ("InternalError", ""),
    "ResourceLoadFailed": ("InternalError", ""),
    "UnknownError": ("InternalError", "Unknown error."),
    "NoMoreResources": ("ServiceUnavailable", "No resources available for request."),
    "RequestThrottled": (
        "ServiceUnavailable",
        "Request was throttled for {0} endpoint. The maximum concurrency for the endpoint is {1}.",
    ),
    "TooManyConcurrentRequests": (
        "ServiceUnavailable",
        "Too many concurrent requests sent.",
    ),
    "BackendInitializationTimeout": (
        "GatewayTimeout",
        "The web service initialization could not be completed within the permitted time.",
    ),
    "BackendScoreTimeout": (
        "GatewayTimeout",
        "The web service request execution could not be completed within the permitted time.",
    ),
    # What the classic services had no word for.
    ProblemCode.REQUEST_TOO_LARGE.value: ("BadArgument", ""),
    ProblemCode.MEDIA_TYPE_UNSUPPORTED.value: ("BadArgument", ""),
    ProblemCode.REPLY_NOT_ACCEPTABLE.value: ("BadArgument", ""),
}
#: Statuses that say more than those of the class.
STATUSES = {
    ProblemCode.REQUEST_TOO_LARGE.value: 413,
    ProblemCode.MEDIA_TYPE_UNSUPPORTED.value: 415,
    ProblemCode.REPLY_NOT_ACCEPTABLE.value: 406,
}
