-- What the document of a delivery has no place for stands with the delivery, as JSON: [{"place", "value"}]. Null where it carries
-- all that it was made of. What a document that came in says beyond the fact made of it stands in that fact's `extra`.
alter table delivery add column not_carried text;
