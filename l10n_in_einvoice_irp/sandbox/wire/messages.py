"""The messages of the portal's error codes (NIC error lists VITAL, INV, EWB)."""

from collections.abc import Mapping
from types import MappingProxyType

_APPLICATION_ERROR = (
    "Application error, issue with application while processing the request. Please"
    " try again. If error persists kindly raise the ticket along with request JSON,"
    " error details and timestamp of the error occurrence."
)
_BLOCKED = (
    "e-Invoice operations are temporarily disabled for {} - {{0}} as large number of"
    " erroneous requests have been received from the {} for quite sometimes."
)

MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "1004": "Header GSTIN is required",
        "1005": "Invalid Token",
        "1006": "User Name is required",
        "1007": "Authentication failed. Pls. inform the helpdesk",
        "1008": "Invalid login credentials",
        "1010": "Invalid Client-ID/Client-Secret",
        "1011": "Client Id is required",
        "1012": "Client Secret is required",
        "1014": "Inactive User",
        "1015": "Invalid GSTIN for this user",
        "1016": "Decryption of App Key failed",
        "1017": "Incorrect user id/User does not exists",
        "1018": "Client Id is not mapped to this user",
        "1019": "Incorrect Password",
        "1020": "Decryption failed",
        "2143": "Invoice does not belongs to the user GSTIN",
        "2148": "Requested IRN data is not available",
        "2150": "Duplicate IRN",
        "2154": "IRN details are not found",
        "2169": "Request for IRN is neither from supplier GSTIN or e-Commerce GSTIN",
        "2174": (
            "For inter-state transaction, CGST and SGST amounts are not"
            " applicable; only IGST amount is applicable"
        ),
        "2195": "e-Commerce GSTIN is not registered as TCS-GSTIN",
        "2226": "You are not authorised to get IRN data",
        "2230": (
            "This IRN cannot be cancelled because e-way bill has been generated ,"
            " you can cancel e-way bill and then try cancelling IRN"
        ),
        "2231": "Cannot generate e-Invoice as the supplier GSTIN - {0} is SEZ",
        "2244": "Recipient pincode is not provided for the transaction - {0}",
        "2246": "Recepient cannot be SEZ for - {0} transaction",
        "2247": "Recepient should be SEZ for transaction {0}",
        "2255": "Requested Payload is empty",
        "2270": (
            "The allowed cancellation time limit is crossed, you cannot cancel the IRN"
        ),
        "2278": (
            "IRN is already generated and is cancelled for this Document number. The"
            " duplicate IRN cannot be generated for the same number."
        ),
        "2280": "Invalid document type",
        "2281": "Inavalid document number",
        "2282": "Invalid document date format",
        "2283": (
            "IRN details cannot be provided as it is generated more than {0} days prior"
        ),
        "2286": "Cannot generate the ewaybill for cancelled IRN",
        "2287": "Ewaybill already exists for the given IRN",
        "2293": "Invalid date format - (The correct format is dd/MM/yyyy)",
        "2295": (
            "IRN is already generated and registered with GSTN Lookup Portal by"
            " other IRP"
        ),
        "2296": "Data not Found",
        "2297": "Reverse charge supply is not allowed for ISD recipients",
        "2298": "Recipient cannot be composition/UIN taxpayer for Deemed Exports",
        "2300": (
            "Supplier GSTIN should be of type Regular or SED or Casual Taxable Person"
        ),
        "2301": (
            "E-Commerce Operator GSTIN field should not be empty when e-Commerce"
            " operator generates e-Invoice"
        ),
        "2307": "Future date cannot be accepted",
        "3001": "Requested data is not available",
        "3028": "GSTIN -{0} is invalid.",
        "3029": "GSTIN -{0} is inactive or cancelled",
        "3074": (
            "GSTIN - {0} is cancelled and document date - {1} is later than"
            " DRegistration Date"
        ),
        "3075": "GSTIN- {0} is cancelled and DRegistration Date is not available",
        "3076": "GSTIN - {0} is inactive",
        "3077": (
            "GSTIN - {0} is cancelled and document date - {1} is earlier than"
            " registration date"
        ),
        "3078": "GSTIN- {0} is cancelled and registration date is not available",
        "3079": (
            "For active GSTINs the document date should not be earlier than"
            " registration date"
        ),
        "3095": _BLOCKED.format("the CLIENT", "client"),
        "3096": _BLOCKED.format("this USERNAME/GSTIN", "USERNAME/GSTIN"),
        "3098": "Invalid IRP code",
        "3108": "You have exceeded the limit for this operation",
        "_3109": "You have exceeded the limit for this operation",
        "4000": "Status of the IRN is not active",
        "4001": "Error ocurred while creating Eway Bill",
        "4002": "EwayBill is already generated for this IRN",
        "4003": "Requested IRN data is not available",
        "4005": "Eway Bill details are not found",
        "4006": "Requesting parameter cannot be empty",
        "4009": (
            "E Way Bill can be generated provided at least HSN of one item"
            " belongs to goods."
        ),
        "4010": "E-way Bill cannot generated for Debit Note, Credit Note and Services.",
        "4011": (
            "Vehicle number should be passed in case of transportation mode is Road."
        ),
        "4012": (
            "The transport document number should be passed for transportation"
            " modes air and rail"
        ),
        "4013": "The distance between the pincodes given is too high or low.",
        "4014": "Invalid Vehicle Number",
        "4015": "EWayBill will not be generated for blocked User -{0}",
        "4016": "Transport document date cannot be a future date",
        "4017": "Incorrect date format",
        "4018": "Invalid Transporter ID",
        "4019": "Provide Transporter ID in order to generate Part A of e-Way Bill",
        "4020": "Invalid vehicle type .",
        "4021": "Transporter document date cannot be earlier than the invoice date.",
        "4022": "vehicle type should be passed in case of transportation mode is Road.",
        "4023": (
            "The transport document date should be passed for of transportation"
            " modes air and rail."
        ),
        "4024": (
            "Vehicle type should not be ODC when transmode is other than road and ship"
        ),
        "4028": (
            "Transport mode is mandatory as Vehicle Number/Transport Document"
            " Number is given"
        ),
        "4029": (
            "Valid distance to be sent in case of same pin codes, you cannot"
            " send 0 as distance in this case."
        ),
        "4030": (
            "The distance between the pincodes {0} and {1} is not available in"
            " the system, you need to pass the actual distance."
        ),
        "4031": (
            "Ship to details are mandatory for export transactions to generate"
            " e-Way Bill."
        ),
        "4032": (
            "Ship to state code cannot be other country code(96) for e-Way Bill"
            " generation"
        ),
        "4033": "Ship to PIN code cannot be 999999 for e-Way Bill generation",
        "4034": (
            "Since the you passed Supplier/Recepient/Dispatch from/Ship to"
            " Pincode as 999999, distance cannot be 0"
        ),
        "4035": (
            "Dispatch state code cannot be other country code(96) for e-Way"
            " Bill generation"
        ),
        "4036": "Dispatch PIN code cannot be 999999 for e-Way Bill generation",
        "4037": "You are not authorised to get data",
        "4038": "The distance between the pincodes given is too high",
        "4039": "Vehicle type can not be regular when transport mode is ship",
        "4040": (
            "For Ship Transport, either vehicle number or transport document"
            " number is required"
        ),
        "4043": (
            "You cannot generate e-waybill with document date earlier than {0} days"
        ),
        "4044": "Transportation mode should be road for Gold EwayBill",
        "4045": "Transporter name should not be given for Gold e-Waybill",
        "4046": "Transport document number should not be given for Gold e-Waybill",
        "4047": "Transport document date should not be given for Gold e-Waybill",
        "4048": "Vehicle number should not be given for Gold e-Waybill",
        "4049": "Vehicle Type should not be given for Gold e-Waybill",
        "4050": "Transportation mode is mandatory for Gold e-Waybill",
        "4051": "Inter-State ewaybill is not allowed for gold",
        "4052": "Transporter id should not be given for Gold e-Waybill",
        "5001": _APPLICATION_ERROR,
        "5002": _APPLICATION_ERROR,
        "5003": "Data cannot be null or empty",
        "9999": "Invoice is not active",
    }
)
