-- registry.db, version 8: what the registry says about suppliers and projects: where they are, in one sentence what a supplier does,
-- the label of a project, and its documents.

-- ---- suppliers and projects ----
-- A point on the map is in millionths of a degree, some 11 centimetres; north and east are positive; NULL: not known.
ALTER TABLE organisation ADD COLUMN short_description TEXT NOT NULL DEFAULT '' CHECK (length(short_description) <= 256); -- public, one line
ALTER TABLE organisation ADD COLUMN place TEXT NOT NULL DEFAULT '' CHECK (length(place) <= 120); -- public, where it sits, in words
ALTER TABLE organisation ADD COLUMN latitude_udeg INTEGER CHECK (latitude_udeg BETWEEN -90000000 AND 90000000); -- where it sits
ALTER TABLE organisation ADD COLUMN longitude_udeg INTEGER -- known together with the latitude
  CHECK (longitude_udeg BETWEEN -180000000 AND 180000000 AND (latitude_udeg IS NULL) = (longitude_udeg IS NULL));
ALTER TABLE project ADD COLUMN latitude_udeg INTEGER CHECK (latitude_udeg BETWEEN -90000000 AND 90000000); -- where it is, besides place and country
ALTER TABLE project ADD COLUMN longitude_udeg INTEGER -- known together with the latitude
  CHECK (longitude_udeg BETWEEN -180000000 AND 180000000 AND (latitude_udeg IS NULL) = (longitude_udeg IS NULL));
ALTER TABLE project ADD COLUMN ccp_approved INTEGER NOT NULL DEFAULT 0 -- 1: its credits carry the label of the Core Carbon Principles (ICVCM)
  CHECK (ccp_approved = 0 OR (ccp_approved = 1 AND instrument = 'carbon_removal'));

-- ---- documents of a project: links to what lies elsewhere ----
CREATE TABLE project_document (            -- public; what is removed stays here, and is shown nowhere but in the audit log
  document_id TEXT PRIMARY KEY CHECK (document_id GLOB 'pjd_*' AND length(document_id) = 20),
  project_id TEXT NOT NULL REFERENCES project,
  name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 256),
  url TEXT NOT NULL CHECK (url GLOB 'https://?*' AND length(url) <= 512),
  kind TEXT NOT NULL CHECK (kind IN ('project_design', 'validation_report', 'monitoring_report', 'verification_report', 'protocol', 'other')),
  dated TEXT NOT NULL DEFAULT '',          -- YYYY-MM-DD, the day that the document itself bears; '' unknown
  added_at INTEGER NOT NULL,
  removed_at INTEGER CHECK (removed_at >= added_at) -- NULL: it is there
) STRICT;
CREATE INDEX project_document_by_name ON project_document (project_id, name COLLATE NOCASE, document_id) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX project_document_url ON project_document (project_id, url) WHERE removed_at IS NULL; -- once a project
CREATE TRIGGER project_document_fixed BEFORE UPDATE ON project_document
  WHEN OLD.removed_at IS NOT NULL OR NEW.removed_at IS NULL OR NEW.document_id <> OLD.document_id OR NEW.project_id <> OLD.project_id
    OR NEW.name <> OLD.name OR NEW.url <> OLD.url OR NEW.kind <> OLD.kind OR NEW.dated <> OLD.dated OR NEW.added_at <> OLD.added_at
  BEGIN SELECT RAISE(ABORT, 'a document is added and removed, never changed'); END;
CREATE TRIGGER project_document_no_delete BEFORE DELETE ON project_document BEGIN SELECT RAISE(ABORT, 'documents are never deleted'); END;
