"""CrewAI, instrumented by OpenInference."""

import os

os.environ.update(CREWAI_DISABLE_TELEMETRY="true", CREWAI_TRACING_ENABLED="false")
import scene
from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool
from openinference.instrumentation import using_attributes
from openinference.instrumentation.crewai import CrewAIInstrumentor
from openinference.instrumentation.openai import OpenAIInstrumentor

provider = scene.provider()
CrewAIInstrumentor().instrument(tracer_provider=provider)
OpenAIInstrumentor().instrument(tracer_provider=provider)


@tool("ask_lookout")
def ask_lookout(request: str) -> str:
    """Asks the lookout."""
    return str(crew("lookout", request).kickoff())


def crew(name, words):
    tools = [tool(made.__name__.removesuffix("_now"))(made) for made in (
        scene.tide_now, scene.crane_now, scene.dredge_now, scene.ask_port_now)]
    if name == "pilot":
        tools.append(ask_lookout)
    model = LLM(model="openai/gpt-4o", base_url=scene.MODEL_URL, api_key="none", max_retries=0)
    worker = Agent(role=name, goal="work", backstory="works", llm=model, tools=tools, verbose=False, max_iter=5)
    task = Task(description=words, expected_output="an answer", agent=worker)
    return Crew(agents=[worker], tasks=[task], verbose=False)


async def run(words, part):
    with using_attributes(session_id=part.session, user_id=part.user):
        return str(await crew(part.agent, words).kickoff_async())


scene.play(run)
