"""The keys that real answers of the four systems have, as dotted paths (a list's items count as the list itself).

Collected from published answers; only the names are kept. `ALWAYS`: in each of them. `SOMETIMES`: in some, or known
from the vendor's documentation or from working connectors.
"""

from collections.abc import Iterator
from typing import Any


def key_paths(value: Any, above: str = "") -> Iterator[str]:
    """All keys of a JSON value."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield above + key
            yield from key_paths(below, f"{above}{key}.")
    elif isinstance(value, list):
        for below in value:
            yield from key_paths(below, above)


def _keys(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALWAYS: dict[str, frozenset[str]] = {
    "greenhouse": _keys(
        """
        absolute_url company_name content departments departments.child_ids departments.id departments.name
        departments.parent_id first_published id internal_job_id location location.name offices requisition_id title
        updated_at
        """
    ),
    "lever": _keys(
        """
        additional additionalPlain applyUrl categories categories.allLocations categories.commitment
        categories.location categories.team country createdAt description descriptionBody descriptionBodyPlain
        descriptionPlain hostedUrl id lists lists.content lists.text opening openingPlain text workplaceType
        """
    ),
    "ashby": _keys(
        """
        address address.postalAddress address.postalAddress.addressCountry applyUrl department descriptionHtml
        descriptionPlain employmentType id isListed isRemote jobUrl location publishedAt secondaryLocations team
        title workplaceType
        """
    ),
    "smartrecruiters list": _keys(
        """
        company company.identifier company.name defaultJobAd department department.id department.label
        experienceLevel experienceLevel.id experienceLevel.label function function.id function.label id industry
        industry.id industry.label jobAdId language language.code language.label language.labelNative location
        location.city location.country location.fullLocation location.hybrid location.remote name ref refNumber
        releasedDate typeOfEmployment typeOfEmployment.id typeOfEmployment.label uuid visibility
        """
    ),
    "smartrecruiters detail": _keys(
        """
        active applyUrl company company.identifier company.name defaultJobAd department department.id
        department.label experienceLevel experienceLevel.id experienceLevel.label function function.id
        function.label id industry industry.id industry.label jobAd jobAd.sections
        jobAd.sections.additionalInformation jobAd.sections.additionalInformation.text
        jobAd.sections.additionalInformation.title jobAd.sections.companyDescription
        jobAd.sections.companyDescription.text jobAd.sections.companyDescription.title jobAd.sections.jobDescription
        jobAd.sections.jobDescription.text jobAd.sections.jobDescription.title jobAd.sections.qualifications
        jobAd.sections.qualifications.text jobAd.sections.qualifications.title jobAdId jobId language language.code
        language.label language.labelNative location location.city location.country location.fullLocation
        location.hybrid location.remote name postingUrl refNumber referralUrl releasedDate typeOfEmployment
        typeOfEmployment.id typeOfEmployment.label uuid visibility
        """
    ),
}
SOMETIMES: dict[str, frozenset[str]] = {
    "greenhouse": _keys(
        """
        ai_disclaimer ai_opt_out_request_url application_deadline data_compliance
        data_compliance.demographic_data_consent_applies data_compliance.requires_consent
        data_compliance.requires_processing_consent data_compliance.requires_retention_consent
        data_compliance.retention_period data_compliance.type include_ai_disclaimer language metadata metadata.id
        metadata.name metadata.value metadata.value_type offices.child_ids offices.id offices.location offices.name
        offices.parent_id pay_input_ranges pay_input_ranges.blurb pay_input_ranges.currency_type
        pay_input_ranges.max_cents pay_input_ranges.min_cents pay_input_ranges.title
        """
    ),
    "lever": _keys(
        """
        categories.department salaryDescription salaryDescriptionPlain salaryRange salaryRange.currency
        salaryRange.interval salaryRange.max salaryRange.min
        """
    ),
    "ashby": _keys(
        """
        address.postalAddress.addressLocality address.postalAddress.addressRegion compensation
        compensation.compensationTierSummary compensation.compensationTiers
        compensation.compensationTiers.components compensation.compensationTiers.components.compensationType
        compensation.compensationTiers.components.currencyCode compensation.compensationTiers.components.interval
        compensation.compensationTiers.components.maxValue compensation.compensationTiers.components.minValue
        compensation.compensationTiers.components.summary compensation.compensationTiers.tierSummary
        compensation.compensationTiers.title compensation.scrapeableCompensationSalarySummary
        compensation.summaryComponents compensation.summaryComponents.compensationType
        compensation.summaryComponents.currencyCode compensation.summaryComponents.interval
        compensation.summaryComponents.maxValue compensation.summaryComponents.minValue
        compensation.summaryComponents.summary secondaryLocations.address secondaryLocations.address.postalAddress
        secondaryLocations.address.postalAddress.addressCountry
        secondaryLocations.address.postalAddress.addressLocality
        secondaryLocations.address.postalAddress.addressRegion secondaryLocations.location
        shouldDisplayCompensationOnJobPostings
        """
    ),
    "smartrecruiters list": _keys(
        """
        location.latitude location.longitude location.region
        """
    ),
    "smartrecruiters detail": _keys(
        """
        location.latitude location.longitude location.region
        """
    ),
}
