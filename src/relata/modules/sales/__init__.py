"""From a first interest to a won deal: leads, opportunities, pipelines, stages."""
